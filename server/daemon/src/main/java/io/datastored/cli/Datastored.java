package io.datastored.cli;

import com.google.common.collect.ObjectArrays;
import io.datastored.cli.cluster.ClusterCommands;
import io.datastored.cli.command.AcceptCommand;
import io.datastored.cli.command.CheckCommand;
import io.datastored.cli.command.CommandGroup;
import io.datastored.cli.command.CreateCommand;
import io.datastored.cli.command.DeleteCommand;
import io.datastored.cli.command.GetCommand;
import io.datastored.cli.command.LeasesCommand;
import io.datastored.cli.command.ListCommand;
import io.datastored.cli.command.LookupCommand;
import io.datastored.cli.command.PageCommand;
import io.datastored.cli.command.RunCommand;
import io.datastored.cli.command.ServeCommand;
import io.datastored.cli.command.SessionsCommand;
import io.datastored.cli.command.StatusCommand;
import io.datastored.cli.command.UpdateCommand;
import io.datastored.cli.command.WatchCommand;
import io.datastored.cli.debug.DebugCommand;
import io.datastored.cli.demo.DemoCommand;
import io.datastored.cli.flag.BuildVersion;
import io.datastored.cli.flag.EnvironmentDefaults;
import io.datastored.cli.flag.FlagTypes;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.Terminal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The {@code datastored} command, which prints its help unless a subcommand is given. Stateless.
 */
@Command(
    name = "datastored",
    description =
        "Answers whether a datastore may be read or written now, and reports every change.",
    footerHeading = "%n")
public final class Datastored implements Runnable {

  private static final String COMPLETION = "generate-completion";

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of an error.")
  boolean debug;

  @Spec CommandSpec spec;

  public static void main(String[] args) {
    // Encoded independently of the locale: names and messages are printed as the file has them.
    var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    Optional<String> damaged = CommandLineBytes.ofThisProcess().damage();
    if (damaged.isPresent()) {
      err.println("datastored: " + damaged.get());
      System.exit(ExitStatus.USAGE.code());
    }
    Terminal screen = Terminal.ofThisProcess();
    System.exit(
        commandLine(System.getenv(), System.in, out, err, screen, named(args, screen))
            .execute(args));
  }

  /**
   * The command that the arguments begin with. Building all commands would slow the start of a
   * server, so the others are built only for help, a completion, or an error.
   */
  static Optional<String> named(String[] args, Terminal screen) {
    return args.length == 0 || args[0].equals(COMPLETION)
        ? Optional.empty()
        : Optional.of(args[0])
            .filter(commands(Map.of(), InputStream.nullInputStream(), screen)::containsKey);
  }

  static CommandLine commandLine(
      Map<String, String> environment,
      InputStream in,
      PrintWriter out,
      PrintWriter err,
      Terminal screen) {
    return commandLine(environment, in, out, err, screen, Optional.empty());
  }

  /**
   * @param wanted the only command to build; empty: all commands
   */
  static CommandLine commandLine(
      Map<String, String> environment,
      InputStream in,
      PrintWriter out,
      PrintWriter err,
      Terminal screen,
      Optional<String> wanted) {
    var defaults = new EnvironmentDefaults(environment);
    var failures = new FailurePrinter(defaults);
    var line = new CommandLine(new Datastored());
    commands(environment, in, screen)
        .forEach(
            (name, command) -> {
              if (wanted.isEmpty() || wanted.get().equals(name)) {
                line.addSubcommand(name, command.get());
              }
            });
    complete(line);
    line.getCommandSpec().usageMessage().footer(footer());
    return FlagTypes.registerOn(line)
        .setDefaultValueProvider(defaults)
        .setParameterExceptionHandler(failures)
        .setExecutionExceptionHandler(failures)
        .setUsageHelpAutoWidth(true)
        .setAbbreviatedOptionsAllowed(false)
        .setOut(out)
        .setErr(err);
  }

  /**
   * Gives a command and those below it what all have in common: the options for help and version,
   * an empty line after the description, and a list of subcommands.
   */
  private static void complete(CommandLine line) {
    CommandSpec spec = line.getCommandSpec();
    if (spec.optionsMap().containsKey("--help")) {
      return; // picocli's own command is complete
    }
    spec.mixinStandardHelpOptions(true).versionProvider(new BuildVersion());
    spec.usageMessage()
        .description(ObjectArrays.concat(spec.usageMessage().description(), ""))
        .synopsisSubcommandLabel("COMMAND")
        .commandListHeading("%nCommands:%n");
    line.getSubcommands().values().forEach(Datastored::complete);
  }

  /** A supplier for each command, in the order of the help. */
  private static Map<String, Supplier<Object>> commands(
      Map<String, String> environment, InputStream in, Terminal screen) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("serve", ServeCommand::new);
    commands.put("check", () -> new CheckCommand(in));
    commands.put("accept", AcceptCommand::new);
    commands.put("state", () -> CommandGroup.state(in, new FileOutputStream(FileDescriptor.out)));
    commands.put(
        "cluster",
        () -> ClusterCommands.group(in, new FileOutputStream(FileDescriptor.out), environment));
    commands.put("status", () -> new StatusCommand(in, screen));
    commands.put("page", PageCommand::new);
    commands.put("list", ListCommand::new);
    commands.put("get", GetCommand::new);
    commands.put("create", CreateCommand::new);
    commands.put("update", UpdateCommand::new);
    commands.put("delete", DeleteCommand::new);
    commands.put("maintenance", () -> CommandGroup.maintenance(screen));
    commands.put("lookup", LookupCommand::new);
    commands.put("run", () -> new RunCommand(screen));
    commands.put("sessions", SessionsCommand::new);
    commands.put("leases", LeasesCommand::new);
    commands.put("access", CommandGroup::access);
    commands.put("watch", WatchCommand::new);
    commands.put("debug", DebugCommand::new);
    commands.put("demo", DemoCommand::new);
    commands.put(COMPLETION, GenerateCompletion::new);
    return commands;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private static String[] footer() {
    return ("""
        Options that say how can also be set by an environment variable: --state-dir
        by DATASTORED_STATE_DIR. The command line wins. Options that say what to change
        (settings, --etag, --force and the like) are read from the command line only.

        Exit status:
        """
            + ExitStatus.table())
        .split("\n");
  }
}
