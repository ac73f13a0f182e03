package io.datastored.cli.flag;

import static com.google.common.collect.ImmutableMap.toImmutableMap;

import com.google.common.collect.ImmutableMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/**
 * The flags for the settings of a datastore, each with the name and the format of the property in
 * the file. Confined to the command's thread.
 */
@TypedOnly
public final class SettingsFlags {

  @Option(names = "--path", paramLabel = "DIR", description = "The base directory.")
  @Nullable String path;

  @Option(names = "--comment", paramLabel = "TEXT", description = "One line, for people.")
  @Nullable String comment;

  @Option(
      names = "--backing-device",
      paramLabel = "UUID",
      description = "The file system of a removable datastore; --path is relative to it.")
  @Nullable String backingDevice;

  @Option(
      names = "--gc-schedule",
      paramLabel = "EVENT",
      description = "Calendar event of the garbage collection, such as daily.")
  @Nullable String gcSchedule;

  @Option(
      names = "--gc-on-unmount",
      paramLabel = "true|false",
      description = "Collect garbage before an unmount.")
  @Nullable String gcOnUnmount;

  @Option(
      names = "--verify-new",
      paramLabel = "true|false",
      description = "Verify new backups at once.")
  @Nullable String verifyNew;

  @Option(
      names = "--notify-user",
      paramLabel = "USER",
      description = "The user to notify, such as root@pam.")
  @Nullable String notifyUser;

  @Option(
      names = "--notify",
      paramLabel = "KEY=WHEN,...",
      description = "When to notify: gc, verify, sync or prune = always, error or never.")
  @Nullable String notify;

  @Option(
      names = "--notification-mode",
      paramLabel = "MODE",
      description = "How to notify: legacy-sendmail or notification-system.")
  @Nullable String notificationMode;

  @Option(
      names = "--notification-thresholds",
      paramLabel = "TEXT",
      description = "A property string as written in the file.")
  @Nullable String notificationThresholds;

  @Option(
      names = "--counter-reset-schedule",
      paramLabel = "EVENT",
      description = "Calendar event at which the counters reset.")
  @Nullable String counterResetSchedule;

  @Option(
      names = "--tuning",
      paramLabel = "KEY=VALUE,...",
      description = "For example chunk-order=none,sync-level=file; parts that are not given stay.")
  @Nullable String tuning;

  @Option(
      names = "--backend",
      paramLabel = "KEY=VALUE,...",
      description = "For example type=s3,client=ID,bucket=NAME; parts that are not given stay.")
  @Nullable String backend;

  @Option(
      names = "--property",
      paramLabel = "KEY=VALUE",
      description = "A property that this version does not know; repeatable.")
  public Map<String, String> others = new LinkedHashMap<>();

  /** The text of each flag for a setting that was given to a command, by property. */
  public static ImmutableMap<String, String> given(ClientOptions command) {
    return command.spec.commandLine().getParseResult().matchedOptions().stream()
        .filter(option -> option.group() != null && !option.isMultiValue())
        .collect(toImmutableMap(EnvironmentDefaults::nameOf, OptionSpec::getValue));
  }
}
