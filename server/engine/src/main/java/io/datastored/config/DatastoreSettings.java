package io.datastored.config;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import java.util.Optional;

/**
 * Datastore settings are the properties of one section except its maintenance mode. Immutable.
 *
 * <p>An absent value is a property that the section does not have; defaults are never filled in.
 * The settings of a section that was read are always valid. Those built by a caller may contain
 * anything, and {@link #faults} reports all their faults at once. Empty property strings count as
 * absent.
 *
 * @param path base directory, 1 to 4096 bytes: absolute, or relative to the device if there is a
 *     {@code backingDevice}; empty only in incomplete settings
 * @param comment one line of at most 128 characters
 * @param backingDevice UUID of the file system that carries a removable datastore
 * @param gcSchedule calendar event
 * @param gcOnUnmount whether to collect garbage before the device is unmounted
 * @param verifyNew whether to verify new snapshots; upstream's default: false
 * @param notifyUser {@code name@realm}
 * @param notifications the property {@code notify}: when to notify about which jobs
 * @param notificationMode how notifications are delivered
 * @param tuning how chunks are handled
 * @param backend where chunks are stored
 * @param legacyPrune read and preserved
 * @param notificationThresholds property string as stored
 * @param counterResetSchedule calendar event
 * @param otherProperties properties that this version does not know, as stored, by key
 */
public record DatastoreSettings(
    String path,
    Optional<String> comment,
    Optional<String> backingDevice,
    Optional<String> gcSchedule,
    Optional<Boolean> gcOnUnmount,
    Optional<Boolean> verifyNew,
    Optional<String> notifyUser,
    Optional<Notify> notifications,
    Optional<NotificationMode> notificationMode,
    Optional<Tuning> tuning,
    Optional<Backend> backend,
    Optional<LegacyPrune> legacyPrune,
    Optional<String> notificationThresholds,
    Optional<String> counterResetSchedule,
    ImmutableSortedMap<String, String> otherProperties) {

  /** How notifications are delivered. */
  public enum NotificationMode {
    /** By mail to one user. */
    LEGACY_SENDMAIL,
    /** By the notification system of the host. */
    NOTIFICATION_SYSTEM;

    static final EnumNames<NotificationMode> WORDS = EnumNames.of(NotificationMode.class);
  }

  /** Treats empty property strings as absent. */
  public DatastoreSettings {
    notifications = notifications.filter(value -> !value.equals(Notify.EMPTY));
    tuning = tuning.filter(value -> !value.equals(Tuning.EMPTY));
    legacyPrune = legacyPrune.filter(value -> !value.equals(LegacyPrune.EMPTY));
  }

  /** Settings with only a path. */
  public static DatastoreSettings of(String path) {
    return builder().path(path).build();
  }

  /** A builder without any properties. */
  public static DatastoreSettingsBuilder builder() {
    return new DatastoreSettingsBuilder();
  }

  /** A builder that starts with these settings. */
  public DatastoreSettingsBuilder toBuilder() {
    return new DatastoreSettingsBuilder(this);
  }

  /**
   * The key that two datastores must not share: the normalised base path, and the device if there
   * is one.
   */
  public String basePathKey() {
    return BasePath.key(path, backingDevice);
  }

  /** All faults of these settings; none if they may be written. */
  public ImmutableList<PropertyFault> faults() {
    return SettingsCheck.faults(this);
  }
}
