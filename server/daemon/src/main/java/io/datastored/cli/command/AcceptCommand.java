package io.datastored.cli.command;

import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.file.ConfigPath;
import io.datastored.file.Digest;
import io.datastored.file.DiskSteps;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.LostContent;
import io.datastored.history.file.Consent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code datastored accept}: confirms a state that a server does not accept on its own. Confined to
 * its thread.
 */
@Command(
    name = "accept",
    description = {
      "Confirms that an empty or truncated configuration file, or a restored state directory, is intended.",
      "Writes to the state directory; a running server picks it up within seconds."
    })
public final class AcceptCommand implements Callable<Integer> {

  /** The state to confirm. */
  static final class What {
    @Option(names = "--empty", description = "The configuration file has no datastores on purpose.")
    boolean empty;

    @Option(
        names = "--cut",
        description =
            "The configuration file was truncated on purpose: it is a prefix of the accepted one.")
    boolean cut;

    @Option(
        names = "--restored",
        description = "The state directory was restored from a backup. Stop the server first.")
    boolean restored;
  }

  @ArgGroup(multiplicity = "1")
  What what;

  @Option(names = "--config", paramLabel = "FILE", description = "The configuration file.")
  @Nullable Path config;

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      defaultValue = "/var/lib/datastored",
      description = "The server's state directory (default: ${DEFAULT-VALUE}).")
  Path stateDirectory;

  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    try {
      return accept();
    } catch (StoreException e) {
      throw new CommandFailed(ExitStatus.NO, String.valueOf(e.getMessage()), e);
    }
  }

  private int accept() throws StoreException {
    Optional<AcceptedState> state = Consent.accepted(stateDirectory);
    if (state.isEmpty()) {
      throw new CommandFailed(
          ExitStatus.NO, "there is no state in " + stateDirectory + ": nothing to accept");
    }
    if (what.restored) {
      Consent.toRestore(stateDirectory, DiskSteps.REAL);
      say(
          "At its next start the server begins a new history; maintenance modes and last good"
              + " versions are kept.");
    } else {
      acceptContent(state.get());
    }
    return ExitStatus.OK.code();
  }

  private void acceptContent(AcceptedState accepted) throws StoreException {
    Path file = file(accepted);
    byte[] found = read(file);
    LostContent.Kind kind = what.empty ? LostContent.Kind.EMPTY : LostContent.Kind.CUT;
    Optional<LostContent> lost = LostContent.between(accepted, found);
    if (lost.isEmpty() || lost.get().kind() != kind) {
      throw new CommandFailed(
          ExitStatus.NO,
          file
              + " is not "
              + kind.word()
              + lost.map(LostContent::kind)
                  .map(other -> ", it is %s: use --%s".formatted(other.word(), other.word()))
                  .orElse(": nothing to accept"));
    }
    Consent.toContent(stateDirectory, accepted.digest(), Digest.of(found));
    say("%s is accepted; %d datastores are removed.".formatted(file, lost.get().datastores()));
  }

  private Path file(AcceptedState accepted) {
    Path given = config;
    if (given == null) {
      return accepted
          .configFile()
          .orElseThrow(() -> new ParameterException(spec.commandLine(), "--config must be given"));
    }
    return ConfigPath.asGiven(given);
  }

  private static byte[] read(Path file) throws StoreException {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw StoreException.of("read", file, e);
    }
  }

  private void say(String line) {
    spec.commandLine().getOut().println(line);
  }
}
