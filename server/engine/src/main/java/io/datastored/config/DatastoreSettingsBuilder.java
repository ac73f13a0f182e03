package io.datastored.config;

import com.google.common.collect.ImmutableSortedMap;
import java.util.Optional;

/**
 * A datastore settings builder builds settings one property at a time. Confined to one thread.
 *
 * <p>It accepts anything; {@link DatastoreSettings#faults} of the result reports what is invalid.
 */
public final class DatastoreSettingsBuilder {

  private String path = "";
  private Optional<String> comment = Optional.empty();
  private Optional<String> backingDevice = Optional.empty();
  private Optional<String> gcSchedule = Optional.empty();
  private Optional<Boolean> gcOnUnmount = Optional.empty();
  private Optional<Boolean> verifyNew = Optional.empty();
  private Optional<String> notifyUser = Optional.empty();
  private Optional<Notify> notifications = Optional.empty();
  private Optional<DatastoreSettings.NotificationMode> notificationMode = Optional.empty();
  private Optional<Tuning> tuning = Optional.empty();
  private Optional<Backend> backend = Optional.empty();
  private Optional<LegacyPrune> legacyPrune = Optional.empty();
  private Optional<String> notificationThresholds = Optional.empty();
  private Optional<String> counterResetSchedule = Optional.empty();
  private ImmutableSortedMap<String, String> otherProperties = ImmutableSortedMap.of();

  DatastoreSettingsBuilder() {}

  DatastoreSettingsBuilder(DatastoreSettings from) {
    path = from.path();
    comment = from.comment();
    backingDevice = from.backingDevice();
    gcSchedule = from.gcSchedule();
    gcOnUnmount = from.gcOnUnmount();
    verifyNew = from.verifyNew();
    notifyUser = from.notifyUser();
    notifications = from.notifications();
    notificationMode = from.notificationMode();
    tuning = from.tuning();
    backend = from.backend();
    legacyPrune = from.legacyPrune();
    notificationThresholds = from.notificationThresholds();
    counterResetSchedule = from.counterResetSchedule();
    otherProperties = from.otherProperties();
  }

  /** Sets {@code path}; empty stands for missing. */
  public DatastoreSettingsBuilder path(String value) {
    path = value;
    return this;
  }

  /** Sets or clears {@code comment}. */
  public DatastoreSettingsBuilder comment(Optional<String> value) {
    comment = value;
    return this;
  }

  /** Sets or clears {@code backing-device}. */
  public DatastoreSettingsBuilder backingDevice(Optional<String> value) {
    backingDevice = value;
    return this;
  }

  /** Sets or clears {@code gc-schedule}. */
  public DatastoreSettingsBuilder gcSchedule(Optional<String> value) {
    gcSchedule = value;
    return this;
  }

  /** Sets or clears {@code gc-on-unmount}. */
  public DatastoreSettingsBuilder gcOnUnmount(Optional<Boolean> value) {
    gcOnUnmount = value;
    return this;
  }

  /** Sets or clears {@code verify-new}. */
  public DatastoreSettingsBuilder verifyNew(Optional<Boolean> value) {
    verifyNew = value;
    return this;
  }

  /** Sets or clears {@code notify-user}. */
  public DatastoreSettingsBuilder notifyUser(Optional<String> value) {
    notifyUser = value;
    return this;
  }

  /** Sets or clears {@code notify}. */
  public DatastoreSettingsBuilder notifications(Optional<Notify> value) {
    notifications = value;
    return this;
  }

  /** Sets or clears {@code notification-mode}. */
  public DatastoreSettingsBuilder notificationMode(
      Optional<DatastoreSettings.NotificationMode> value) {
    notificationMode = value;
    return this;
  }

  /** Sets or clears {@code tuning}. */
  public DatastoreSettingsBuilder tuning(Optional<Tuning> value) {
    tuning = value;
    return this;
  }

  /** Sets or clears {@code backend}. */
  public DatastoreSettingsBuilder backend(Optional<Backend> value) {
    backend = value;
    return this;
  }

  /** Sets or clears {@code prune-schedule} and the {@code keep-*} numbers. */
  public DatastoreSettingsBuilder legacyPrune(Optional<LegacyPrune> value) {
    legacyPrune = value;
    return this;
  }

  /** Sets or clears {@code notification-thresholds}. */
  public DatastoreSettingsBuilder notificationThresholds(Optional<String> value) {
    notificationThresholds = value;
    return this;
  }

  /** Sets or clears {@code counter-reset-schedule}. */
  public DatastoreSettingsBuilder counterResetSchedule(Optional<String> value) {
    counterResetSchedule = value;
    return this;
  }

  /** Sets the properties that this version does not know. */
  public DatastoreSettingsBuilder otherProperties(ImmutableSortedMap<String, String> value) {
    otherProperties = value;
    return this;
  }

  /** The {@code prune-schedule} and {@code keep-*} set so far. */
  LegacyPrune legacyPruneSoFar() {
    return legacyPrune.orElse(LegacyPrune.EMPTY);
  }

  /** The settings, valid or not. */
  public DatastoreSettings build() {
    return new DatastoreSettings(
        path,
        comment,
        backingDevice,
        gcSchedule,
        gcOnUnmount,
        verifyNew,
        notifyUser,
        notifications,
        notificationMode,
        tuning,
        backend,
        legacyPrune,
        notificationThresholds,
        counterResetSchedule,
        otherProperties);
  }
}
