package io.datastored.config;

import com.google.common.collect.ImmutableList;

/** A settings check finds everything that keeps settings out of the file. Immutable. */
final class SettingsCheck {

  private static final int MAX_COMMENT = 128;
  private static final int MAX_USER = 64;
  private static final int MAX_TEXT = 4096;
  private static final int UUID_LENGTH = 36;

  private SettingsCheck() {}

  static ImmutableList<PropertyFault> faults(DatastoreSettings settings) {
    FaultCollector faults = new FaultCollector();
    BasePath.check(settings, faults);
    faults.text("comment", settings.comment(), MAX_COMMENT);
    if (settings.backingDevice().isPresent() && !isUuid(settings.backingDevice().get())) {
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
    if (!settings.otherProperties().isEmpty()) {
      settings.otherProperties().forEach((key, value) -> checkOther(key, value, faults));
    }
    return faults.faults();
  }

  private static void checkOther(String key, String value, FaultCollector faults) {
    boolean isKey =
        !key.isEmpty()
            && key.charAt(0) != '#'
            && Blank.next(key, 0, key.length()) == key.length()
            && TextRule.fault(key, MAX_TEXT).isEmpty()
            && !HeaderLine.isDatastore(key, 0, key.length());
    if (!isKey || Property.isKnown(key)) {
      faults.add(Excerpt.of(key), "cannot be the key of a property unknown to this version");
    }
    faults.text(Excerpt.of(key), value, Integer.MAX_VALUE);
  }

  private static boolean isUuid(String text) {
    if (text.length() != UUID_LENGTH) {
      return false;
    }
    for (int i = 0; i < UUID_LENGTH; i++) {
      char c = text.charAt(i);
      boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
      boolean hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
      if (dash ? c != '-' : !hex) {
        return false;
      }
    }
    return true;
  }

  private static boolean isUserId(String text) {
    int at = text.lastIndexOf('@');
    if (at < 1
        || !SafeId.matches(text, at + 1, text.length())
        || TextRule.fault(text, MAX_USER).isPresent()) {
      return false;
    }
    for (int i = 0; i < at; i++) {
      char c = text.charAt(i);
      if (Blank.is(c) || c == ':' || c == '/') {
        return false;
      }
    }
    return true;
  }
}
