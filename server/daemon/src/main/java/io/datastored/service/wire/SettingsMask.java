package io.datastored.service.wire;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.protobuf.FieldMask;
import com.google.protobuf.util.FieldMaskUtil;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.DatastoreSettingsBuilder;
import io.datastored.config.LegacyPrune.KeepRule;
import io.datastored.v1.LegacyPrune;
import java.util.Optional;

/**
 * A settings mask is the set of settings that an update replaces. Immutable. Settings that it does
 * not name stay unchanged. This API never writes the legacy prune settings; it only removes them,
 * all or in part.
 */
public final class SettingsMask {
  private static final String ALL = "*";
  private static final String OTHER_PROPERTIES = "other_properties";
  private static final String LEGACY_PRUNE = "legacy_prune";
  private static final FieldMaskUtil.MergeOptions REPLACE =
      new FieldMaskUtil.MergeOptions()
          .setReplaceMessageFields(true)
          .setReplacePrimitiveFields(true)
          .setReplaceRepeatedFields(true);

  private final FieldMask paths;
  private final ImmutableList<String> removedLegacy;
  private final io.datastored.v1.DatastoreSettings wanted;

  private SettingsMask(
      FieldMask paths,
      ImmutableList<String> removedLegacy,
      io.datastored.v1.DatastoreSettings wanted) {
    this.paths = paths;
    this.removedLegacy = removedLegacy;
    this.wanted = wanted;
  }

  /**
   * Reads a mask and the settings that it selects.
   *
   * @param settings the settings of the request; those outside the mask are ignored
   */
  public static SettingsMask read(
      FieldMask mask, io.datastored.v1.DatastoreSettings settings, RequestFaults faults) {
    if (mask.getPathsCount() == 0) {
      faults.add("update_mask", "is required: name the settings to change, or * for all");
    }
    boolean all = mask.getPathsList().contains(ALL);
    if (all && mask.getPathsCount() > 1) {
      faults.add("update_mask", "has * and other paths");
    }
    FieldMask.Builder named = FieldMask.newBuilder();
    ImmutableList.Builder<String> removedLegacy = ImmutableList.builder();
    for (String path : ImmutableSet.copyOf(mask.getPathsList())) {
      if (path.equals(ALL)) {
        named.mergeFrom(everything(settings));
      } else if (!FieldMaskUtil.isValid(io.datastored.v1.DatastoreSettings.class, path)) {
        faults.add("update_mask", "names %s, which is not a field of settings".formatted(path));
      } else if (!isLegacy(path)) {
        named.addPaths(path);
      } else if (hasLegacy(settings, path)) {
        faults.add(
            "update_mask",
            "names %s with a value; it can be removed, not written: use prune jobs"
                .formatted(path));
      } else {
        removedLegacy.add(path);
      }
    }
    FieldMask paths = named.build();
    var wanted = io.datastored.v1.DatastoreSettings.newBuilder();
    FieldMaskUtil.merge(paths, settings, wanted, REPLACE);
    if (all && settings.hasLegacyPrune()) {
      wanted.setLegacyPrune(settings.getLegacyPrune()); // for the fault
    }
    ProtoSettings.read(wanted.build(), "datastore.settings", faults);
    return new SettingsMask(paths, removedLegacy.build(), wanted.build());
  }

  /** The settings after the update. */
  public DatastoreSettings apply(DatastoreSettings present) {
    var merged = ProtoSettings.of(present).toBuilder().clearLegacyPrune();
    FieldMaskUtil.merge(paths, wanted, merged, REPLACE);
    DatastoreSettings next =
        ProtoSettings.settings(merged.build(), "datastore.settings", new RequestFaults());
    // Only settings in the mask are copied: the others went through the contract and back, and the
    // domain distinguishes values that the contract does not, such as an empty comment from none.
    DatastoreSettingsBuilder result = present.toBuilder();
    for (String path : paths.getPathsList()) {
      int dot = path.indexOf('.');
      copy(dot < 0 ? path : path.substring(0, dot), next, result);
    }
    for (String path : removedLegacy) {
      result.legacyPrune(result.build().legacyPrune().flatMap(prune -> without(path, prune)));
    }
    return result.build();
  }

  private static FieldMask everything(io.datastored.v1.DatastoreSettings settings) {
    FieldMask.Builder all = FieldMask.newBuilder();
    for (var field : io.datastored.v1.DatastoreSettings.getDescriptor().getFields()) {
      boolean kept =
          field.getName().equals(LEGACY_PRUNE)
              // "Kept on every write": a client that replaces all settings may not know of them.
              || (field.getName().equals(OTHER_PROPERTIES)
                  && settings.getOtherPropertiesCount() == 0);
      if (!kept) {
        all.addPaths(field.getName());
      }
    }
    return all.build();
  }

  private static boolean hasLegacy(io.datastored.v1.DatastoreSettings settings, String path) {
    var named = io.datastored.v1.DatastoreSettings.newBuilder();
    FieldMaskUtil.merge(FieldMask.newBuilder().addPaths(path).build(), settings, named);
    return !named.getLegacyPrune().equals(LegacyPrune.getDefaultInstance());
  }

  private static boolean isLegacy(String path) {
    return path.equals(LEGACY_PRUNE) || path.startsWith(LEGACY_PRUNE + ".");
  }

  private static Optional<io.datastored.config.LegacyPrune> without(
      String path, io.datastored.config.LegacyPrune prune) {
    io.datastored.config.LegacyPrune left =
        path.equals(LEGACY_PRUNE) ? io.datastored.config.LegacyPrune.EMPTY : prune;
    if (path.equals(LEGACY_PRUNE + ".schedule")) {
      left = prune.withoutSchedule();
    }
    for (KeepRule rule : KeepRule.values()) {
      if (path.equals(LEGACY_PRUNE + ".keep")
          || path.equals(LEGACY_PRUNE + "." + rule.key().replace('-', '_'))) {
        left = left.without(rule);
      }
    }
    return Optional.of(left).filter(some -> !some.equals(io.datastored.config.LegacyPrune.EMPTY));
  }

  private static void copy(String field, DatastoreSettings from, DatastoreSettingsBuilder to) {
    switch (field) {
      case "path" -> to.path(from.path());
      case "comment" -> to.comment(from.comment());
      case "backing_device" -> to.backingDevice(from.backingDevice());
      case "gc_schedule" -> to.gcSchedule(from.gcSchedule());
      case "gc_on_unmount" -> to.gcOnUnmount(from.gcOnUnmount());
      case "verify_new" -> to.verifyNew(from.verifyNew());
      case "notify_user" -> to.notifyUser(from.notifyUser());
      case "notify" -> to.notifications(from.notifications());
      case "notification_mode" -> to.notificationMode(from.notificationMode());
      case "tuning" -> to.tuning(from.tuning());
      case "backend" -> to.backend(from.backend());
      case "notification_thresholds" -> to.notificationThresholds(from.notificationThresholds());
      case "counter_reset_schedule" -> to.counterResetSchedule(from.counterResetSchedule());
      case OTHER_PROPERTIES -> to.otherProperties(from.otherProperties());
      default -> throw new IllegalArgumentException("no setting " + field);
    }
  }
}
