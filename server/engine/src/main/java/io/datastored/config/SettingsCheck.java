package io.datastored.config;

import com.google.common.collect.ImmutableList;

/** A settings check finds all faults because of which settings cannot be written. Immutable. */
public final class SettingsCheck {

  private static final int MAX_COMMENT = 128;
  private static final int MAX_USER = 64;
  private static final int MAX_TEXT = 4096;

  private SettingsCheck() {}

  static ImmutableList<PropertyFault> faults(DatastoreSettings settings) {
    ImmutableList.Builder<PropertyFault> faults = ImmutableList.builder();
    faults.addAll(knownFaults(settings));
    settings.otherProperties().forEach((key, value) -> faults.addAll(otherFaults(key, value)));
    return faults.build();
  }

  /** The faults of known properties. */
  public static ImmutableList<PropertyFault> knownFaults(DatastoreSettings settings) {
    FaultCollector faults = new FaultCollector();
    BasePath.check(settings.path(), settings.backingDevice(), faults);
    faults.text("comment", settings.comment(), MAX_COMMENT);
    if (settings.backingDevice().isPresent() && !Uuid.matches(settings.backingDevice().get())) {
      faults.add("backing-device", "must be a UUID in lower-case hexadecimal digits");
    }
    CalendarEvent.check("gc-schedule", settings.gcSchedule(), faults);
    CalendarEvent.check("counter-reset-schedule", settings.counterResetSchedule(), faults);
    faults.text("notification-thresholds", settings.notificationThresholds(), MAX_TEXT);
    if (settings.notifyUser().isPresent() && !isUserId(settings.notifyUser().get())) {
      faults.add("notify-user", "must be a user id, name@realm, of 3 to 64 characters");
    }
    if (settings.tuning().isPresent()) {
      settings.tuning().get().check(faults);
    }
    if (settings.backend().isPresent()) {
      settings.backend().get().check(faults);
    }
    if (settings.legacyPrune().isPresent()) {
      settings.legacyPrune().get().check(faults);
    }
    return faults.faults();
  }

  /** The faults of an unknown property. */
  public static ImmutableList<PropertyFault> otherFaults(String key, String value) {
    FaultCollector faults = new FaultCollector();
    boolean isKey =
        !key.isEmpty()
            && key.charAt(0) != '#'
            && Blank.next(key, 0, key.length()) == key.length()
            && TextRule.fault(key, MAX_TEXT).isEmpty()
            && !HeaderLine.isDatastore(key, 0, key.length());
    if (!isKey || Property.isKnown(key)) {
      faults.add(Truncated.of(key), "cannot be the key of a property unknown to this version");
    }
    faults.text(Truncated.of(key), value, Integer.MAX_VALUE);
    return faults.faults();
  }

  private static boolean isUserId(String text) {
    return UserId.matches(text) && TextRule.fault(text, MAX_USER).isEmpty();
  }
}
