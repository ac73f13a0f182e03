package io.datastored.cli.cluster;

import io.datastored.backup.StateCheck;
import io.datastored.cli.flag.EtcdFlags;
import io.datastored.cli.flag.TypedOnly;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.HumanFormat;
import io.datastored.engine.snapshot.Successor;
import io.datastored.etcd.history.EtcdKeyValues;
import io.datastored.etcd.history.KeyValues;
import io.datastored.etcd.history.Keys;
import io.datastored.etcd.history.NewHistory;
import io.datastored.etcd.life.LifeKeys;
import io.datastored.etcd.life.LifeRecord;
import io.datastored.file.ConfigPath;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.ConfigContent;
import io.datastored.history.Incarnation;
import io.datastored.history.LostContent;
import io.datastored.history.Machine;
import io.datastored.history.file.QuietStateDirectory;
import io.datastored.promise.EarlierPromises;
import io.datastored.promise.LifeId;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code datastored cluster init}: writes a new history to etcd. Confined to its thread. */
@Command(
    name = "init",
    description = {
      "Writes a configuration to an empty prefix of etcd, byte for byte. A history that is there"
          + " already is never overwritten.",
      "With --state-dir the history of a server goes along: generations, modes and removals stay,"
          + " fencing tokens go on, and what the server has promised is waited for."
          + " Stop that server first; it does not start on this directory again."
    })
final class ClusterInitCommand implements Callable<Integer> {

  private static final InstantSource CLOCK = InstantSource.system();

  private final InputStream in;

  /**
   * Which history goes on. Asked for: whoever forgets the directory of a server would begin a new
   * one, in which modes have no author, clients read everything again, and nobody waits for what
   * the server has promised.
   */
  @TypedOnly
  static final class History {
    @Option(
        names = "--state-dir",
        paramLabel = "DIR",
        description =
            "The state directory of the server of this file, which must be stopped: its history"
                + " goes on.")
    @Nullable Path stateDirectory;

    @Option(
        names = "--new-history",
        description =
            "No server has served this file, or nothing that one has promised matters: a new"
                + " history begins.")
    boolean isNew;
  }

  @TypedOnly
  @Option(
      names = "--from",
      paramLabel = "FILE",
      required = true,
      description =
          "The configuration file; - for standard input, with --new-history. It must have no"
              + " faults.")
  String from;

  @ArgGroup(multiplicity = "1")
  History history;

  @Mixin EtcdFlags etcd;

  @Spec CommandSpec spec;

  ClusterInitCommand(InputStream in) {
    this.in = in;
  }

  @Override
  public Integer call() {
    Keys keys = etcd.keys();
    Path stateDirectory = history.stateDirectory;
    if (stateDirectory == null) {
      write(
          keys,
          AcceptedState.empty(Incarnation.random(new SecureRandom()), Optional.empty()),
          EarlierPromises.none(CLOCK));
    } else {
      move(keys, stateDirectory);
    }
    return ExitStatus.OK.code();
  }

  /** The directory is kept from others until the history is in etcd. */
  private void move(Keys keys, Path directory) {
    requireUsable(directory);
    try (QuietStateDirectory quiet = QuietStateDirectory.open(directory, Machine.ID)) {
      AcceptedState state = quiet.state();
      requireSameFile(state, directory);
      EarlierPromises promises =
          EarlierPromises.read(directory, state.revision().incarnation(), CLOCK);
      // Noted before the first write. In the other order a kill in between would leave a directory
      // on which a server starts though its history is in etcd.
      quiet.leave(keys + " (" + etcd.endpoints() + ")");
      try {
        write(keys, state, promises);
      } catch (CommandFailed e) {
        if (e.getCause() instanceof StoreException cause
            && cause.reason() == StoreException.Reason.OUTCOME_UNKNOWN) {
          throw e;
        }
        quiet.stay();
        throw e;
      }
      out()
          .printf(
              "No server starts on %s any more: it would not know of the servers on etcd.%n",
              directory);
    } catch (StoreException e) {
      throw new CommandFailed(ExitStatus.NO, String.valueOf(e.getMessage()), e);
    }
  }

  private static void requireUsable(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new CommandFailed(ExitStatus.NO, "there is no state directory " + directory);
    }
    StateCheck check;
    try {
      check = StateCheck.of(directory);
    } catch (IOException e) {
      throw new CommandFailed(
          ExitStatus.NO,
          "the state directory %s cannot be read: %s".formatted(directory, e.getMessage()),
          e);
    }
    if (!check.users().isEmpty()) {
      throw new CommandFailed(
          ExitStatus.NO,
          "the state directory %s is in use by process %s: stop it first, so that it changes and promises nothing more"
              .formatted(
                  directory,
                  check.users().stream().map(String::valueOf).collect(Collectors.joining(", "))));
    }
    if (check.faults() > 0) {
      throw new CommandFailed(
          ExitStatus.NO,
          "the state directory %s has faults: datastored state check %s"
              .formatted(directory, directory));
    }
  }

  private void requireSameFile(AcceptedState state, Path directory) {
    try {
      if (from.equals(GivenConfiguration.STREAM)) {
        throw new CommandFailed(
            ExitStatus.USAGE,
            "--from - is for a new history: with --state-dir, name the file of its server.");
      }
      Path given = ConfigPath.asGiven(Path.of(from));
      Optional<Path> recorded = state.configFile().filter(file -> !file.equals(given));
      if (recorded.isPresent() && !ConfigPath.leadToOneFile(recorded.get(), given)) {
        throw new CommandFailed(
            ExitStatus.NO,
            "the state directory %s belongs to the configuration %s, not %s"
                .formatted(directory, recorded.get(), given));
      }
    } catch (IOException e) {
      throw new CommandFailed(
          ExitStatus.NO, "%s cannot be read: %s".formatted(from, e.getMessage()), e);
    }
  }

  private void write(Keys keys, AcceptedState earlier, EarlierPromises promises) {
    ConfigContent content = ConfigContent.of(GivenConfiguration.read(from, in, out()));
    requireWhole(earlier, content);
    AcceptedState state = Successor.of(earlier, content, CLOCK.instant()).state();
    SecureRandom random = new SecureRandom();
    try (KeyValues values = new EtcdKeyValues(etcd.connect())) {
      new NewHistory(values, keys, random)
          .write(state, content, inheritance(keys, promises, random));
    } catch (StoreException e) {
      throw e.reason() == StoreException.Reason.IN_USE
          ? new CommandFailed(
              ExitStatus.NO,
              e.getMessage() + ". To replace its configuration: datastored cluster import FILE",
              e)
          : EtcdFailure.of(
              e,
              keys,
              "run the same command again: if the history is there, it says so, and changes nothing");
    }
    out()
        .printf(
            "%s has %s. Incarnation %s, generation %s.%n",
            keys,
            HumanFormat.count(state.datastores().size(), "datastore"),
            state.revision().incarnation(),
            state.generation());
    if (!promises.kept().isZero()) {
      out()
          .printf(
              "The earlier server has promised leases or sessions of up to %d s: drains wait for"
                  + " them.%n",
              promises.kept().toSeconds() + 1);
    }
  }

  private void requireWhole(AcceptedState earlier, ConfigContent content) {
    Optional<LostContent> lost = LostContent.between(earlier, content.bytes());
    if (lost.isPresent()) {
      throw new CommandFailed(
          ExitStatus.NO,
          "%s is %s: %s that the server has accepted are missing or not whole. Restore the file, or let the server accept it first: datastored accept --%s"
              .formatted(
                  from,
                  lost.get().kind().word(),
                  HumanFormat.count(lost.get().datastores(), "datastore"),
                  lost.get().kind().word()));
    }
  }

  private static NewHistory.Inheritance inheritance(
      Keys keys, EarlierPromises promises, SecureRandom random) {
    List<KeyValues.Change> records =
        promises.kept().isZero()
            ? List.of()
            : List.of(
                LifeRecord.ofEarlierServer(
                    new LifeKeys(keys),
                    LifeId.random(random),
                    "earlier server on " + hostName(),
                    promises.kept()));
    return new NewHistory.Inheritance(OptionalLong.of(promises.tokens()), records);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "an unknown host";
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
