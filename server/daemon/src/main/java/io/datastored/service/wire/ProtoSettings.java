package io.datastored.service.wire;

import com.google.common.collect.ImmutableSortedMap;
import com.google.common.primitives.Ints;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.datastored.config.Backend;
import io.datastored.config.ByteSize;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.LegacyPrune;
import io.datastored.config.LegacyPrune.KeepRule;
import io.datastored.config.Notify;
import io.datastored.config.Tuning;
import io.datastored.config.document.Limits;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Proto settings convert settings to and from the contract. Stateless. The engine decides whether
 * they may be written; here only values without a counterpart in the domain are faults.
 */
public final class ProtoSettings {
  private static final io.datastored.v1.Backend NO_BACKEND =
      io.datastored.v1.Backend.getDefaultInstance();

  private ProtoSettings() {}

  static io.datastored.v1.DatastoreSettings of(DatastoreSettings settings) {
    var proto = io.datastored.v1.DatastoreSettings.newBuilder().setPath(settings.path());
    settings.comment().ifPresent(proto::setComment);
    settings.backingDevice().ifPresent(proto::setBackingDevice);
    settings.gcSchedule().ifPresent(proto::setGcSchedule);
    settings.gcOnUnmount().ifPresent(proto::setGcOnUnmount);
    settings.verifyNew().ifPresent(proto::setVerifyNew);
    settings.notifyUser().ifPresent(proto::setNotifyUser);
    settings.notifications().map(ProtoSettings::notifications).ifPresent(proto::setNotify);
    settings
        .notificationMode()
        .map(ProtoWords.NOTIFICATION_MODES::of)
        .ifPresent(proto::setNotificationMode);
    settings.tuning().map(ProtoSettings::tuning).ifPresent(proto::setTuning);
    settings.backend().map(ProtoSettings::backend).ifPresent(proto::setBackend);
    settings.legacyPrune().map(ProtoSettings::legacyPrune).ifPresent(proto::setLegacyPrune);
    settings.notificationThresholds().ifPresent(proto::setNotificationThresholds);
    settings.counterResetSchedule().ifPresent(proto::setCounterResetSchedule);
    return proto.putAllOtherProperties(settings.otherProperties()).build();
  }

  /**
   * The settings that a request wants to write. An empty text counts as absent.
   *
   * @param at the path of the settings in the request
   */
  public static DatastoreSettings read(
      io.datastored.v1.DatastoreSettings proto, String at, RequestFaults faults) {
    if (proto.hasLegacyPrune()) {
      faults.add(at + ".legacy_prune", "is kept as it is and cannot be written: use prune jobs");
    }
    return exceedsLimits(proto, at, faults)
        ? DatastoreSettings.of("")
        : settings(proto, at, faults);
  }

  /** The message for existing settings, whatever they hold. */
  static DatastoreSettings settings(
      io.datastored.v1.DatastoreSettings proto, String at, RequestFaults faults) {
    return DatastoreSettings.builder()
        .path(proto.getPath())
        .comment(text(proto.getComment()))
        .backingDevice(text(proto.getBackingDevice()))
        .gcSchedule(text(proto.getGcSchedule()))
        .gcOnUnmount(
            proto.hasGcOnUnmount() ? Optional.of(proto.getGcOnUnmount()) : Optional.empty())
        .verifyNew(proto.hasVerifyNew() ? Optional.of(proto.getVerifyNew()) : Optional.empty())
        .notifyUser(text(proto.getNotifyUser()))
        .notifications(
            proto.hasNotify()
                ? Optional.of(notifications(proto.getNotify(), at + ".notify", faults))
                : Optional.empty())
        .notificationMode(
            ProtoWords.NOTIFICATION_MODES.read(
                at + ".notification_mode", proto.getNotificationMode(), faults))
        .tuning(
            proto.hasTuning()
                ? Optional.of(tuning(proto.getTuning(), at + ".tuning", faults))
                : Optional.empty())
        .backend(backend(proto.getBackend(), at + ".backend", faults))
        .notificationThresholds(text(proto.getNotificationThresholds()))
        .counterResetSchedule(text(proto.getCounterResetSchedule()))
        .otherProperties(ImmutableSortedMap.copyOf(proto.getOtherPropertiesMap()))
        .build();
  }

  /**
   * Whether a request is larger than anything that may be written. Checked before it is converted,
   * so that later steps, up to the commit that all other writers wait for, have little to do.
   */
  private static boolean exceedsLimits(
      io.datastored.v1.DatastoreSettings proto, String at, RequestFaults faults) {
    int others = proto.getOtherPropertiesCount();
    if (others > Limits.OTHER_PROPERTIES) {
      faults.add(
          at + ".other_properties",
          "has %d properties; at most %d are allowed".formatted(others, Limits.OTHER_PROPERTIES));
      return true;
    }
    boolean exceeds = false;
    for (Map.Entry<FieldDescriptor, Object> field : proto.getAllFields().entrySet()) {
      exceeds |=
          field.getValue() instanceof String text
              && isTooLong(at + "." + field.getKey().getName(), text, faults);
    }
    exceeds |= isTooLong(at + ".backend.client", proto.getBackend().getClient(), faults);
    exceeds |= isTooLong(at + ".backend.bucket", proto.getBackend().getBucket(), faults);
    for (Map.Entry<String, String> other : proto.getOtherPropertiesMap().entrySet()) {
      exceeds |=
          isTooLong(at + ".other_properties", other.getKey(), faults)
              || isTooLong(at + ".other_properties", other.getValue(), faults);
    }
    return exceeds;
  }

  private static boolean isTooLong(String path, String text, RequestFaults faults) {
    boolean tooLong = text.length() > Limits.VALUE;
    if (tooLong) {
      faults.add(
          path, "has %d characters; at most %d are allowed".formatted(text.length(), Limits.VALUE));
    }
    return tooLong;
  }

  private static Optional<String> text(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  private static io.datastored.v1.Notify notifications(Notify notify) {
    var proto = io.datastored.v1.Notify.newBuilder();
    notify.gc().map(ProtoWords.NOTIFY::of).ifPresent(proto::setGc);
    notify.verify().map(ProtoWords.NOTIFY::of).ifPresent(proto::setVerify);
    notify.sync().map(ProtoWords.NOTIFY::of).ifPresent(proto::setSync);
    notify.prune().map(ProtoWords.NOTIFY::of).ifPresent(proto::setPrune);
    return proto.build();
  }

  private static Notify notifications(
      io.datastored.v1.Notify proto, String at, RequestFaults faults) {
    return new Notify(
        ProtoWords.NOTIFY.read(at + ".gc", proto.getGc(), faults),
        ProtoWords.NOTIFY.read(at + ".verify", proto.getVerify(), faults),
        ProtoWords.NOTIFY.read(at + ".sync", proto.getSync(), faults),
        ProtoWords.NOTIFY.read(at + ".prune", proto.getPrune(), faults));
  }

  private static io.datastored.v1.Tuning tuning(Tuning tuning) {
    var proto = io.datastored.v1.Tuning.newBuilder();
    tuning.chunkOrder().map(ProtoWords.CHUNK_ORDERS::of).ifPresent(proto::setChunkOrder);
    tuning.syncLevel().map(ProtoWords.SYNC_LEVELS::of).ifPresent(proto::setSyncLevel);
    tuning.gcAtimeSafetyCheck().ifPresent(proto::setGcAtimeSafetyCheck);
    tuning.gcAtimeCutoffMinutes().ifPresent(proto::setGcAtimeCutoffMinutes);
    tuning.gcCacheCapacity().ifPresent(proto::setGcCacheCapacity);
    tuning.defaultVerificationWorkers().ifPresent(proto::setDefaultVerificationWorkers);
    tuning.defaultVerificationReaders().ifPresent(proto::setDefaultVerificationReaders);
    return proto.build();
  }

  private static Tuning tuning(io.datastored.v1.Tuning proto, String at, RequestFaults faults) {
    return new Tuning(
        ProtoWords.CHUNK_ORDERS.read(at + ".chunk_order", proto.getChunkOrder(), faults),
        ProtoWords.SYNC_LEVELS.read(at + ".sync_level", proto.getSyncLevel(), faults),
        proto.hasGcAtimeSafetyCheck()
            ? Optional.of(proto.getGcAtimeSafetyCheck())
            : Optional.empty(),
        number(proto.hasGcAtimeCutoffMinutes(), proto.getGcAtimeCutoffMinutes()),
        number(proto.hasGcCacheCapacity(), proto.getGcCacheCapacity()),
        number(proto.hasDefaultVerificationWorkers(), proto.getDefaultVerificationWorkers()),
        number(proto.hasDefaultVerificationReaders(), proto.getDefaultVerificationReaders()));
  }

  private static OptionalInt number(boolean there, int value) {
    return there ? OptionalInt.of(value) : OptionalInt.empty();
  }

  private static io.datastored.v1.Backend backend(Backend backend) {
    var proto =
        io.datastored.v1.Backend.newBuilder().setKind(ProtoWords.BACKEND_KINDS.of(backend.kind()));
    backend.client().ifPresent(proto::setClient);
    backend.bucket().ifPresent(proto::setBucket);
    backend.maxCacheSize().map(ByteSize::bytes).ifPresent(proto::setMaxCacheSizeBytes);
    return proto.build();
  }

  private static Optional<Backend> backend(
      io.datastored.v1.Backend proto, String at, RequestFaults faults) {
    if (proto.equals(NO_BACKEND)) {
      return Optional.empty();
    }
    Optional<ByteSize> size = Optional.empty();
    if (proto.getMaxCacheSizeBytes() < 0) {
      faults.add(at + ".max_cache_size_bytes", "must not be negative");
    } else if (proto.hasMaxCacheSizeBytes()) {
      size = Optional.of(new ByteSize(proto.getMaxCacheSizeBytes()));
    }
    return Optional.of(
        new Backend(
            ProtoWords.BACKEND_KINDS
                .read(at + ".kind", proto.getKind(), faults)
                .orElse(Backend.BackendKind.FILE_SYSTEM),
            text(proto.getClient()),
            text(proto.getBucket()),
            size));
  }

  private static io.datastored.v1.LegacyPrune legacyPrune(LegacyPrune prune) {
    var proto = io.datastored.v1.LegacyPrune.newBuilder();
    prune.schedule().ifPresent(proto::setSchedule);
    prune.keep(KeepRule.LAST).ifPresent(count -> proto.setKeepLast(Ints.saturatedCast(count)));
    prune.keep(KeepRule.HOURLY).ifPresent(count -> proto.setKeepHourly(Ints.saturatedCast(count)));
    prune.keep(KeepRule.DAILY).ifPresent(count -> proto.setKeepDaily(Ints.saturatedCast(count)));
    prune.keep(KeepRule.WEEKLY).ifPresent(count -> proto.setKeepWeekly(Ints.saturatedCast(count)));
    prune
        .keep(KeepRule.MONTHLY)
        .ifPresent(count -> proto.setKeepMonthly(Ints.saturatedCast(count)));
    prune.keep(KeepRule.YEARLY).ifPresent(count -> proto.setKeepYearly(Ints.saturatedCast(count)));
    prune.keep().forEach((rule, count) -> proto.putKeep(rule.key(), count));
    return proto.build();
  }
}
