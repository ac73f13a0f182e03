package io.datastored.config;

import io.datastored.config.DatastoreSettings.NotificationMode;
import io.datastored.config.LegacyPrune.KeepRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A property is a key that a section may have, and the way to read and print its value. Immutable.
 *
 * <p>Properties are in alphabetical order of their keys, the order in which they are written.
 */
public enum Property {
  BACKEND(
      "backend",
      (into, text) -> into.backend(Optional.of(Backend.parse(text))),
      from -> from.backend().flatMap(Backend::print)),
  BACKING_DEVICE(
      "backing-device", DatastoreSettings::backingDevice, DatastoreSettingsBuilder::backingDevice),
  COMMENT("comment", DatastoreSettings::comment, DatastoreSettingsBuilder::comment),
  COUNTER_RESET_SCHEDULE(
      "counter-reset-schedule",
      DatastoreSettings::counterResetSchedule,
      DatastoreSettingsBuilder::counterResetSchedule),
  GC_ON_UNMOUNT(
      "gc-on-unmount",
      (into, text) -> into.gcOnUnmount(Optional.of(Scalar.bool(text))),
      from -> from.gcOnUnmount().map(Object::toString)),
  GC_SCHEDULE("gc-schedule", DatastoreSettings::gcSchedule, DatastoreSettingsBuilder::gcSchedule),
  KEEP_DAILY(KeepRule.DAILY),
  KEEP_HOURLY(KeepRule.HOURLY),
  KEEP_LAST(KeepRule.LAST),
  KEEP_MONTHLY(KeepRule.MONTHLY),
  KEEP_WEEKLY(KeepRule.WEEKLY),
  KEEP_YEARLY(KeepRule.YEARLY),
  /** Not part of the settings. */
  MAINTENANCE_MODE("maintenance-mode"),
  /** Accepted and ignored, as upstream does: the name is in the header. */
  NAME("name"),
  NOTIFICATION_MODE(
      "notification-mode",
      (into, text) -> into.notificationMode(Scalar.found(text, NotificationMode.WORDS)),
      from -> from.notificationMode().map(EnumNames::word)),
  NOTIFICATION_THRESHOLDS(
      "notification-thresholds",
      DatastoreSettings::notificationThresholds,
      DatastoreSettingsBuilder::notificationThresholds),
  NOTIFY(
      "notify",
      (into, text) -> into.notifications(Optional.of(Notify.parse(text))),
      from -> from.notifications().flatMap(Notify::print)),
  NOTIFY_USER("notify-user", DatastoreSettings::notifyUser, DatastoreSettingsBuilder::notifyUser),
  PATH(
      "path",
      (into, text) -> into.path(text),
      from -> from.path().isEmpty() ? Optional.empty() : Optional.of(from.path())),
  PRUNE_SCHEDULE(
      "prune-schedule",
      (into, text) -> into.legacyPrune(Optional.of(into.legacyPruneSoFar().withSchedule(text))),
      from -> from.legacyPrune().flatMap(LegacyPrune::schedule)),
  TUNING(
      "tuning",
      (into, text) -> into.tuning(Optional.of(Tuning.parse(text))),
      from -> from.tuning().flatMap(Tuning::print)),
  VERIFY_NEW(
      "verify-new",
      (into, text) -> into.verifyNew(Optional.of(Scalar.bool(text))),
      from -> from.verifyNew().map(Object::toString));

  /** Candidates by length of the key, so that a look-up needs no substring. */
  private static final Property[][] BY_LENGTH = byLength();

  private static final String NO_VALUE = "\n";

  private final String key;
  private final Reader reader;
  private final Function<DatastoreSettings, Optional<String>> printer;

  Property(String key, Reader reader, Function<DatastoreSettings, Optional<String>> printer) {
    this.key = key;
    this.reader = reader;
    this.printer = printer;
  }

  Property(
      String key,
      Function<DatastoreSettings, Optional<String>> getter,
      BiFunction<DatastoreSettingsBuilder, Optional<String>, DatastoreSettingsBuilder> setter) {
    this.key = key;
    this.reader = (into, words) -> setter.apply(into, Optional.of(words));
    this.printer = getter;
  }

  Property(KeepRule rule) {
    this(
        rule.key(),
        (Reader)
            (into, text) ->
                into.legacyPrune(
                    Optional.of(into.legacyPruneSoFar().with(rule, Scalar.whole(text)))),
        from -> keep(from, rule));
  }

  Property(String key) {
    this(key, (Reader) (into, text) -> into, from -> Optional.empty());
  }

  private static Optional<String> keep(DatastoreSettings from, KeepRule rule) {
    return from.legacyPrune()
        .flatMap(prune -> Optional.ofNullable(prune.keep().get(rule)))
        .map(Object::toString);
  }

  private static Property[][] byLength() {
    List<List<Property>> lists = new ArrayList<>();
    for (Property property : values()) {
      while (lists.size() <= property.key.length()) {
        lists.add(new ArrayList<>());
      }
      lists.get(property.key.length()).add(property);
    }
    return lists.stream().map(list -> list.toArray(new Property[0])).toArray(Property[][]::new);
  }

  /** The property whose key is between start and end, or null if it is unknown. */
  public static @Nullable Property find(String text, int start, int end) {
    int length = end - start;
    if (length < BY_LENGTH.length) {
      for (Property property : BY_LENGTH[length]) {
        if (text.startsWith(property.key, start)) {
          return property;
        }
      }
    }
    return null;
  }

  public static boolean isKnown(String key) {
    return find(key, 0, key.length()) != null;
  }

  public String key() {
    return key;
  }

  /**
   * The canonical form of a value in the file; for a faulty value, a text that is never a valid
   * value.
   */
  public static String canonical(String key, String words) {
    Property property = find(key, 0, key.length());
    if (property == null) {
      return words;
    }
    try {
      if (property == MAINTENANCE_MODE) {
        return MaintenanceText.print(MaintenanceText.parse(words)).orElse(NO_VALUE);
      }
      DatastoreSettingsBuilder into = DatastoreSettings.builder();
      property.read(words, into);
      return property.print(into.build()).orElse(NO_VALUE);
    } catch (ParseError e) {
      return NO_VALUE;
    }
  }

  /** Reads the value after the key; a value that needs no parsing is checked later. */
  public void read(String words, DatastoreSettingsBuilder into) throws ParseError {
    DatastoreSettingsBuilder same = reader.read(into, words);
    assert same == into;
  }

  /** The value as written to the file, or empty if the settings do not have it. */
  Optional<String> print(DatastoreSettings from) {
    return printer.apply(from);
  }

  /** A reader sets one property to the text after its key. */
  private interface Reader {
    DatastoreSettingsBuilder read(DatastoreSettingsBuilder into, String words) throws ParseError;
  }
}
