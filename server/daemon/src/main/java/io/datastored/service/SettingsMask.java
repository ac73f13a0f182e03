package io.datastored.service;

import com.google.common.collect.ImmutableSet;
import com.google.protobuf.FieldMask;
import com.google.protobuf.util.FieldMaskUtil;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.DatastoreSettingsBuilder;

/**
 * A settings mask says which settings an update replaces. Immutable. What it does not name stays as
 * it is, and so does the legacy prune, which this API never writes.
 */
final class SettingsMask {
  private static final String ALL = "*";
  private static final String OTHER_PROPERTIES = "other_properties";
  private static final String LEGACY_PRUNE = "legacy_prune";
  private static final FieldMaskUtil.MergeOptions REPLACE =
      new FieldMaskUtil.MergeOptions()
          .setReplaceMessageFields(true)
          .setReplacePrimitiveFields(true)
          .setReplaceRepeatedFields(true);

  private final FieldMask paths;
  private final io.datastored.v1.DatastoreSettings wanted;

  private SettingsMask(FieldMask paths, io.datastored.v1.DatastoreSettings wanted) {
    this.paths = paths;
    this.wanted = wanted;
  }

  /**
   * Reads a mask and what it lets through.
   *
   * @param settings of the request; parts outside the mask are not looked at
   */
  static SettingsMask read(
      FieldMask mask, io.datastored.v1.DatastoreSettings settings, RequestFaults faults) {
    if (mask.getPathsCount() == 0) {
      faults.add("update_mask", "is required: name the settings to change, or * for all");
    }
    boolean all = mask.getPathsList().contains(ALL);
    if (all && mask.getPathsCount() > 1) {
      faults.add("update_mask", "has * and other paths");
    }
    FieldMask paths = all ? everything(settings) : known(mask, faults);
    var wanted = io.datastored.v1.DatastoreSettings.newBuilder();
    FieldMaskUtil.merge(paths, settings, wanted, REPLACE);
    if (all && settings.hasLegacyPrune()) {
      wanted.setLegacyPrune(settings.getLegacyPrune()); // for the fault
    }
    ProtoSettings.read(wanted.build(), "datastore.settings", faults);
    return new SettingsMask(paths, wanted.build());
  }

  /** The settings after the update. */
  DatastoreSettings apply(DatastoreSettings present) {
    var merged = ProtoSettings.of(present).toBuilder().clearLegacyPrune();
    FieldMaskUtil.merge(paths, wanted, merged, REPLACE);
    DatastoreSettings next =
        ProtoSettings.read(merged.build(), "datastore.settings", new RequestFaults());
    // Only what the mask names is taken over: the rest went to the contract and back, and the
    // domain can
    // tell things apart that the contract cannot, an empty comment from none for example.
    DatastoreSettingsBuilder result = present.toBuilder();
    for (String path : paths.getPathsList()) {
      int dot = path.indexOf('.');
      copy(dot < 0 ? path : path.substring(0, dot), next, result);
    }
    return result.build();
  }

  private static FieldMask everything(io.datastored.v1.DatastoreSettings settings) {
    FieldMask.Builder all = FieldMask.newBuilder();
    for (var field : io.datastored.v1.DatastoreSettings.getDescriptor().getFields()) {
      boolean kept =
          field.getName().equals(LEGACY_PRUNE)
              // "Kept on every write": a client that replaces all may not know of them.
              || (field.getName().equals(OTHER_PROPERTIES)
                  && settings.getOtherPropertiesCount() == 0);
      if (!kept) {
        all.addPaths(field.getName());
      }
    }
    return all.build();
  }

  private static FieldMask known(FieldMask mask, RequestFaults faults) {
    FieldMask.Builder known = FieldMask.newBuilder();
    for (String path : ImmutableSet.copyOf(mask.getPathsList())) {
      if (path.equals(LEGACY_PRUNE) || path.startsWith(LEGACY_PRUNE + ".")) {
        faults.add("update_mask", "names %s, which this call does not write".formatted(path));
      } else if (FieldMaskUtil.isValid(io.datastored.v1.DatastoreSettings.class, path)) {
        known.addPaths(path);
      } else {
        faults.add("update_mask", "names %s, which is no field below settings".formatted(path));
      }
    }
    return known.build();
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
