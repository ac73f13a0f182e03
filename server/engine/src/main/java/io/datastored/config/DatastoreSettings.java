package io.datastored.config;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import java.util.Optional;

/**
 * Datastore settings are what one section says apart from its maintenance mode. Immutable.
 *
 * <p>An absent value is a property that the section does not have; defaults are never filled in.
 * The settings of a section that was read are always right; those made by a caller may hold
 * anything, and {@link #faults} tells what is wrong with them, all at once. Property strings that
 * say nothing are taken for absent ones.
 *
 * @param path base directory, 1 to 4096 bytes: absolute, or relative to the device when there is a
 *     {@code backingDevice}; empty only in settings that are not ready
 * @param comment one line of at most 128 characters
 * @param backingDevice UUID of the file system that carries a removable datastore
 * @param gcSchedule calendar event
 * @param gcOnUnmount whether to collect garbage before the device goes
 * @param verifyNew whether to verify new snapshots; upstream's default: false
 * @param notifyUser {@code name@realm}
 * @param notifications the property {@code notify}: when to notify about what
 * @param notificationMode how notifications are delivered
 * @param tuning how chunks are handled
 * @param backend where chunks live
 * @param legacyPrune read and kept
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
    LEGACY_SENDMAIL("legacy-sendmail"),
    /** By the notification system of the host. */
    NOTIFICATION_SYSTEM("notification-system");

    static final EnumNames<NotificationMode> WORDS =
        EnumNames.of(NotificationMode.class, NotificationMode::toString);

    private final String word;

    NotificationMode(String word) {
      this.word = word;
    }

    /** Returns the word in the file. */
    @Override
    public String toString() {
      return word;
    }
  }

  /** Takes property strings that say nothing for absent ones. */
  public DatastoreSettings {
    notifications = notifications.filter(value -> !value.equals(Notify.EMPTY));
    tuning = tuning.filter(value -> !value.equals(Tuning.EMPTY));
    legacyPrune = legacyPrune.filter(value -> !value.equals(LegacyPrune.EMPTY));
  }

  /** Returns settings with nothing but a path. */
  public static DatastoreSettings of(String path) {
    return builder().path(path).build();
  }

  /** Returns a builder in which everything is absent. */
  public static DatastoreSettingsBuilder builder() {
    return new DatastoreSettingsBuilder();
  }

  /** Returns a builder that starts with these settings. */
  public DatastoreSettingsBuilder toBuilder() {
    return new DatastoreSettingsBuilder(this);
  }

  /**
   * Returns what two datastores must not share: the normalised base path, and the device if there
   * is one.
   */
  public String basePathKey() {
    return BasePath.key(path, backingDevice);
  }

  /** Returns everything that is wrong with these settings; nothing when they may be written. */
  public ImmutableList<PropertyFault> faults() {
    return SettingsCheck.faults(this);
  }
}
