package io.datastored.cli.command;

import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static com.google.common.collect.ImmutableSet.toImmutableSet;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.datastored.cli.flag.EnvironmentDefaults;
import io.datastored.cli.flag.FlagTypes;
import io.datastored.cli.flag.OptionsFile;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.DurationText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Given options are the options that a server was given: on the command line, in the environment,
 * and in an options file, which can be read again. Immutable.
 *
 * @param parsed the command line, parsed without its options file
 * @param file empty: there is none
 */
record GivenOptions(CommandLine parsed, Optional<Path> file) {

  /** The options that an options file cannot have. */
  private static final ImmutableSet<String> ELSEWHERE =
      ImmutableSet.of("help", "version", "debug", ServeCommand.OPTIONS);

  /** Options as they were read. Immutable. */
  record Read(ServeCommand command, ImmutableMap<String, String> values) {}

  /**
   * Reads the options, and the options file again.
   *
   * @throws CommandFailed with the place, when they cannot be used
   * @throws ParameterException likewise
   */
  Read read() {
    var command = new ServeCommand();
    CommandLine line = FlagTypes.registerOn(new CommandLine(command));
    // The words have been parsed before, together with those for all commands, such as --debug.
    line.setUnmatchedArgumentsAllowed(true);
    Optional<OptionsFile> read = file.map(path -> OptionsFile.read(path, names(line)));
    line.setDefaultValueProvider(read.map(environment()::over).orElse(environment()));
    try {
      line.parseArgs(words().toArray(String[]::new));
      var unused = command.options();
    } catch (ParameterException e) {
      String sentence = place(line, read, String.valueOf(e.getMessage())) + e.getMessage();
      throw e.getArgSpec() == null
          ? new ParameterException(parsed, sentence, e)
          : new ParameterException(parsed, sentence, e, e.getArgSpec(), e.getValue());
    } catch (CommandFailed e) {
      throw new CommandFailed(e.status(), place(line, read, e.sentence()) + e.sentence(), e);
    }
    return new Read(command, values(line));
  }

  private static ImmutableSet<String> names(CommandLine line) {
    return options(line).stream().map(EnvironmentDefaults::nameOf).collect(toImmutableSet());
  }

  private static List<OptionSpec> options(CommandLine line) {
    return line.getCommandSpec().options().stream()
        .filter(option -> !ELSEWHERE.contains(EnvironmentDefaults.nameOf(option)))
        .toList();
  }

  /** Each option as it would be written. */
  private static ImmutableMap<String, String> values(CommandLine line) {
    return options(line).stream()
        .collect(toImmutableMap(EnvironmentDefaults::nameOf, option -> spelled(option.getValue())));
  }

  private static String spelled(@Nullable Object value) {
    return value instanceof Duration duration
        ? DurationText.print(duration)
        : value == null ? "none" : value.toString();
  }

  /**
   * The place in the options file of the option that a sentence is about; empty if the option is
   * not in the file.
   */
  private String place(CommandLine line, Optional<OptionsFile> read, String sentence) {
    return options(line).stream()
        .filter(option -> sentence.matches("(?s).*" + option.longestName() + "\\b(?!-).*"))
        .filter(option -> !typed(option) && environment().variableFor(option).isEmpty())
        .map(EnvironmentDefaults::nameOf)
        .flatMap(name -> read.flatMap(options -> options.place(name)).stream())
        .findFirst()
        .map(found -> found + ": ")
        .orElse("");
  }

  private EnvironmentDefaults environment() {
    return (EnvironmentDefaults) parsed.getDefaultValueProvider();
  }

  /** What follows the name of the command. */
  private List<String> words() {
    List<String> all = parsed.getParseResult().originalArgs();
    return all.subList(all.indexOf(parsed.getCommandName()) + 1, all.size());
  }

  private boolean typed(OptionSpec option) {
    return words().stream()
        .anyMatch(
            word ->
                word.equals(option.longestName()) || word.startsWith(option.longestName() + "="));
  }
}
