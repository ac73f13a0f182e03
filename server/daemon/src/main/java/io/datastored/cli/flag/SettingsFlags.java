package io.datastored.cli.flag;

import com.google.common.collect.ImmutableMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The flags for the settings of a datastore, each with the name and the format of the property in
 * the file. Confined to the command's thread.
 */
public final class SettingsFlags {

  @TypedOnly
  @Option(names = "--path", paramLabel = "DIR", description = "The base directory.")
  @Nullable String path;

  @TypedOnly
  @Option(names = "--comment", paramLabel = "TEXT", description = "One line, for people.")
  @Nullable String comment;

  @TypedOnly
  @Option(
      names = "--backing-device",
      paramLabel = "UUID",
      description = "The file system of a removable datastore; --path is relative to it.")
  @Nullable String backingDevice;

  @TypedOnly
  @Option(
      names = "--gc-schedule",
      paramLabel = "EVENT",
      description = "Calendar event of the garbage collection, such as daily.")
  @Nullable String gcSchedule;

  @TypedOnly
  @Option(
      names = "--gc-on-unmount",
      paramLabel = "true|false",
      description = "Collect garbage before an unmount.")
  @Nullable String gcOnUnmount;

  @TypedOnly
  @Option(
      names = "--verify-new",
      paramLabel = "true|false",
      description = "Verify new backups at once.")
  @Nullable String verifyNew;

  @TypedOnly
  @Option(
      names = "--notify-user",
      paramLabel = "USER",
      description = "The user to notify, such as root@pam.")
  @Nullable String notifyUser;

  @TypedOnly
  @Option(
      names = "--notify",
      paramLabel = "KEY=WHEN,...",
      description = "When to notify: gc, verify, sync or prune = always, error or never.")
  @Nullable String notify;

  @TypedOnly
  @Option(
      names = "--notification-mode",
      paramLabel = "MODE",
      description = "How to notify: legacy-sendmail or notification-system.")
  @Nullable String notificationMode;

  @TypedOnly
  @Option(
      names = "--notification-thresholds",
      paramLabel = "TEXT",
      description = "A property string as written in the file.")
  @Nullable String notificationThresholds;

  @TypedOnly
  @Option(
      names = "--counter-reset-schedule",
      paramLabel = "EVENT",
      description = "Calendar event at which the counters reset.")
  @Nullable String counterResetSchedule;

  @TypedOnly
  @Option(
      names = "--tuning",
      paramLabel = "KEY=VALUE,...",
      description = "For example chunk-order=none,sync-level=file; parts that are not given stay.")
  @Nullable String tuning;

  @TypedOnly
  @Option(
      names = "--backend",
      paramLabel = "KEY=VALUE,...",
      description = "For example type=s3,client=ID,bucket=NAME; parts that are not given stay.")
  @Nullable String backend;

  @TypedOnly
  @Option(
      names = "--property",
      paramLabel = "KEY=VALUE",
      description = "A property that this version does not know; repeatable.")
  public Map<String, String> others = new LinkedHashMap<>();

  /** The text of each flag that was given, by property. */
  public ImmutableMap<String, String> given() {
    var given = ImmutableMap.<String, String>builder();
    put(given, "path", path);
    put(given, "comment", comment);
    put(given, "backing-device", backingDevice);
    put(given, "gc-schedule", gcSchedule);
    put(given, "gc-on-unmount", gcOnUnmount);
    put(given, "verify-new", verifyNew);
    put(given, "notify-user", notifyUser);
    put(given, "notify", notify);
    put(given, "notification-mode", notificationMode);
    put(given, "notification-thresholds", notificationThresholds);
    put(given, "counter-reset-schedule", counterResetSchedule);
    put(given, "tuning", tuning);
    put(given, "backend", backend);
    return given.buildOrThrow();
  }

  private static void put(
      ImmutableMap.Builder<String, String> given, String property, @Nullable String text) {
    if (text != null) {
      given.put(property, text);
    }
  }
}
