package io.datastored.cli;

import io.datastored.cli.EngineFlags.ReadOnlyConfig;
import io.datastored.cli.EngineFlags.Watching;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The {@code datastored} command: prints its help until it is given a subcommand. Stateless. */
@Command(
    name = "datastored",
    description = {
      "Answers whether a datastore may be read or written now, and tells when that changes.",
      ""
    },
    mixinStandardHelpOptions = true,
    versionProvider = BuildVersion.class,
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    footerHeading = "%n")
final class Datastored implements Runnable {

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of an error.")
  boolean debug;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  public static void main(String[] args) {
    // ASCII and UTF-8 alike: whatever the locale, names and messages come out as the file has them.
    var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    Screen screen = Screen.ofThisProcess();
    System.exit(commandLine(System.getenv(), System.in, out, err, screen).execute(args));
  }

  static CommandLine commandLine(
      Map<String, String> environment,
      InputStream in,
      PrintWriter out,
      PrintWriter err,
      Screen screen) {
    var defaults = new EnvironmentDefaults(environment);
    var failures = new FailurePrinter(defaults);
    var line =
        new CommandLine(new Datastored())
            .addSubcommand(new ServeCommand())
            .addSubcommand(new CheckCommand(in))
            .addSubcommand(new StatusCommand())
            .addSubcommand(new ListCommand())
            .addSubcommand(new GetCommand())
            .addSubcommand(new CreateCommand())
            .addSubcommand(new UpdateCommand())
            .addSubcommand(new DeleteCommand())
            .addSubcommand(MaintenanceCommand.commandLine(screen))
            .addSubcommand(new LookupCommand())
            .addSubcommand(new RunCommand(screen))
            .addSubcommand(new SessionsCommand())
            .addSubcommand(new LeasesCommand())
            .addSubcommand(new WatchCommand())
            .addSubcommand(new DemoCommand())
            .addSubcommand("generate-completion", new GenerateCompletion());
    line.getCommandSpec().usageMessage().footer(footer());
    return line.setDefaultValueProvider(defaults)
        .setParameterExceptionHandler(failures)
        .setExecutionExceptionHandler(failures)
        .registerConverter(OutputFormat.class, new WordConverter<>(OutputFormat.class))
        .registerConverter(LogFormat.class, new WordConverter<>(LogFormat.class))
        .registerConverter(LogLevel.class, new WordConverter<>(LogLevel.class))
        .registerConverter(ReadOnlyConfig.class, new WordConverter<>(ReadOnlyConfig.class))
        .registerConverter(Watching.class, new WordConverter<>(Watching.class))
        .registerConverter(AskedOperation.class, new WordConverter<>(AskedOperation.class))
        .registerConverter(SettableMode.class, new WordConverter<>(SettableMode.class))
        .registerConverter(OnLost.class, new WordConverter<>(OnLost.class))
        .registerConverter(WatchedView.class, new WordConverter<>(WatchedView.class))
        .setUsageHelpAutoWidth(true)
        .setAbbreviatedOptionsAllowed(false)
        .setOut(out)
        .setErr(err);
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private static String[] footer() {
    return ("""
        Options that say how can be set by an environment variable too: --state-dir by
        DATASTORED_STATE_DIR. What stands on the command line wins. Options that say
        what to change (settings, --etag, --force and their kin) must be typed.

        Exit status:
        """
            + ExitStatus.table())
        .split("\n");
  }
}
