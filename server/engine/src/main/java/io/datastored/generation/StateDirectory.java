package io.datastored.generation;

import com.google.common.collect.ImmutableMap;
import io.datastored.config.AtomicFile;
import io.datastored.config.ConfigPath;
import io.datastored.config.DiskSteps;
import io.datastored.config.LockFile;
import io.datastored.config.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A state directory is where the processes that use one configuration file meet: it holds the state
 * file, the locks, and the name of the run directory with the doorbell. Thread-safe once open.
 *
 * <pre>
 *   state        the accepted state
 *   change.lock  held while a change is committed
 *   users.lock   held, shared, by every process that uses the directory
 *   run          names the run directory
 *   commit.lock  a directory, where earlier versions of datastored had the lock: they refuse it
 * </pre>
 *
 * <p>Beside the configuration file, or else in the directory for what runs, is its {@link Claim}.
 */
public final class StateDirectory implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(StateDirectory.class);

  /** What could happen without being noticed. */
  public enum Concern {
    /** A restore of this directory from a backup. */
    HISTORY,
    /** A server with another state directory on the same configuration. */
    SECOND_SERVER
  }

  private final FileStateStore states;
  private final Doorbell doorbell;
  private final AcceptedState initial;
  private final Path directory;
  private final RunDirectory run;
  private final UsersLock users;
  private final Claim claim;

  private StateDirectory(
      FileStateStore states,
      Doorbell doorbell,
      AcceptedState initial,
      Path directory,
      RunDirectory run,
      UsersLock users,
      Claim claim) {
    this.states = states;
    this.doorbell = doorbell;
    this.initial = initial;
    this.directory = directory;
    this.run = run;
    this.users = users;
    this.claim = claim;
  }

  /**
   * Opens a state directory, makes it if need be, and joins the processes that use it.
   *
   * @param directory the state directory
   * @param runDirectory where the page should live; empty: chosen, or the one in use
   * @param configFile the path of the configuration file; one that leads to another file than the
   *     directory is about is refused. {@link #initial} has the one to follow: that of the
   *     processes which use the directory already, or they would not agree when a link is turned
   * @param machine on which this process runs
   * @param wait how long to wait for a process that is starting or committing
   * @throws StateDirectoryException with a sentence for the operator
   */
  public static StateDirectory open(
      Path directory,
      Optional<Path> runDirectory,
      Path configFile,
      Machine machine,
      Duration wait,
      RandomGenerator random,
      InstantSource clock)
      throws StateDirectoryException {
    try {
      Files.createDirectories(directory);
      Path real = directory.toRealPath();
      EarlierFormat.shutOut(real, wait);
      LockFile commitLock = LockFile.open(real.resolve("change.lock"));
      try {
        FileStateStore states =
            new FileStateStore(
                real.resolve("state"), DiskSteps.REAL, commitLock, machine, random, clock);
        return open(
            new Opening(real, runDirectory, configFile, machine, states, wait, random, clock));
      } catch (StateDirectoryException | StoreException | IOException | RuntimeException e) {
        commitLock.close();
        throw e;
      }
    } catch (StoreException | IOException e) {
      throw new StateDirectoryException(
          "the state directory " + directory + " cannot be used: " + reason(e), e);
    }
  }

  private static StateDirectory open(Opening opening)
      throws StateDirectoryException, StoreException, IOException {
    // Whoever opens the directory holds the commit lock, so nobody joins or commits meanwhile.
    try (StateStore.Held held = opening.states().lock(opening.patience())) {
      UsersLock users = UsersLock.open(opening.directory().resolve("users.lock"));
      try {
        StateDirectory open = users.alone() ? opening.alone(users) : opening.amongOthers(users);
        users.join();
        return open;
      } catch (StateDirectoryException | StoreException | IOException | RuntimeException e) {
        users.close();
        throw e;
      }
    }
  }

  /** An opening finds out which history goes on. Confined to one call. */
  private record Opening(
      Path directory,
      Optional<Path> runDirectory,
      Path configFile,
      Machine machine,
      FileStateStore states,
      Duration patience,
      RandomGenerator random,
      InstantSource clock) {

    StateDirectory alone(UsersLock users)
        throws StateDirectoryException, StoreException, IOException {
      Optional<StateText.Kept> found = states.loadOrSetAside(clock.instant());
      if (found.isPresent()) {
        requireSameConfigFile(found.get().state());
      }
      Incarnation runId = Incarnation.random(random);
      Claim claim = claim(runId);
      try {
        AcceptedState state = found.isPresent() ? asGiven(goOn(found.get(), claim)) : newHistory();
        RunDirectory run = ownRun(runId);
        Doorbell doorbell =
            MappedDoorbell.create(run.page(), state.revision().incarnation(), run.id());
        point(run);
        doorbell.raise(state.generation());
        return new StateDirectory(states, doorbell, state, directory, run, users, claim);
      } catch (StoreException | IOException | RuntimeException e) {
        claim.close();
        throw e;
      }
    }

    /**
     * Names the run directory. On a full disk in place: nobody reads the name while this process is
     * alone, and the next one that is alone writes it anew.
     */
    private void point(RunDirectory run) throws StoreException {
      try {
        new AtomicFile(pointer(), DiskSteps.REAL).replace(run.pointerText());
      } catch (StoreException e) {
        ByteBuffer text = ByteBuffer.wrap(run.pointerText());
        try (FileChannel channel = FileChannel.open(pointer(), StandardOpenOption.WRITE)) {
          while (text.hasRemaining()) {
            int unused = channel.write(text);
          }
          channel.truncate(text.limit());
        } catch (IOException inPlace) {
          e.addSuppressed(inPlace);
          throw e;
        }
      }
    }

    private Claim claim(Incarnation runId) throws StateDirectoryException {
      Claim claim = Claim.open(configFile, RunDirectory.shared(), runId, directory, patience);
      states.tell(claim);
      return claim;
    }

    /** The state that was found, or the one with which a new history goes on from it. */
    private AcceptedState goOn(StateText.Kept found, Claim claim) throws StoreException {
      Optional<String> objection =
          Consent.takeRestored(directory)
              ? Optional.of("as an operator says")
              : found.machine().isAnother(machine)
                  ? Optional.of("it was written on another machine (another machine-id)")
                  : claim.objection(found.state(), found.mark());
      if (objection.isEmpty()) {
        return found.state();
      }
      Incarnation before = found.state().revision().incarnation();
      Incarnation incarnation = Incarnation.random(random);
      AcceptedState state = found.state().in(incarnation, claim.seen(before));
      commit(state);
      log.atWarn()
          .addKeyValue("incarnation", incarnation)
          .addKeyValue("before", before)
          .log(
              "a new history begins: the state file in {} was restored from a backup or copied, {};"
                  + " what it says of maintenance modes and last good versions is kept, and clients"
                  + " read everything again",
              directory,
              objection.get());
      return state;
    }

    private AcceptedState newHistory() throws StoreException {
      Incarnation incarnation = Incarnation.random(random);
      log.atInfo().log("a new history begins: incarnation {}", incarnation);
      AcceptedState state = AcceptedState.empty(incarnation, Optional.of(configFile));
      // While the commit lock is held. Who opens the directory next may do so before anything was
      // committed, is not alone then, and takes a history without a file for one that was lost.
      commit(state);
      return state;
    }

    private void commit(AcceptedState state) throws StoreException {
      try (StateStore.Prepared prepared = states.prepare(state)) {
        prepared.commit();
      }
    }

    private RunDirectory ownRun(Incarnation id) throws IOException, StoreException {
      Path path =
          runDirectory
              .orElseGet(() -> RunDirectory.defaultFor(directory))
              .toAbsolutePath()
              .normalize();
      RunDirectory.leaveEarlier(pointer(), path, directory);
      RunDirectory.make(path);
      // A new page also when the old one is there: nobody is listening to it.
      RunDirectory run = new RunDirectory(path, id);
      run.processes().sweep();
      return run;
    }

    StateDirectory amongOthers(UsersLock users)
        throws StateDirectoryException, StoreException, IOException {
      AcceptedState state =
          states
              .load()
              .orElseThrow(
                  () ->
                      new StateDirectoryException(
                          "the state file in "
                              + directory
                              + " is gone or was replaced while other processes use it;"
                              + " stop them first"));
      requireSameConfigFile(state);
      RunDirectory run =
          RunDirectory.read(pointer())
              .orElseThrow(
                  () ->
                      new StateDirectoryException(
                          pointer() + " is gone while other processes use it; stop them first"));
      if (runDirectory.isPresent()
          && !runDirectory.get().toAbsolutePath().normalize().equals(run.path())) {
        throw new StateDirectoryException(
            "other processes use the run directory "
                + run.path()
                + " with this state directory, not "
                + runDirectory.get());
      }
      try {
        Doorbell doorbell =
            MappedDoorbell.open(run.page(), state.revision().incarnation(), run.id());
        return new StateDirectory(states, doorbell, state, directory, run, users, claim(run.id()));
      } catch (IOException e) {
        throw new StateDirectoryException(
            "other processes use the run directory "
                + run.path()
                + ", which this process does not see as they do (a container, or a private /tmp?): "
                + reason(e),
            e);
      }
    }

    /**
     * The state under the path that is given now. Both lead to one file, but a link on the way may
     * be turned later; and versions before 0.2 remembered where the links led.
     */
    private AcceptedState asGiven(AcceptedState found) {
      if (found.configFile().equals(Optional.of(configFile))) {
        return found;
      }
      AcceptedState renamed = found.about(configFile);
      try {
        commit(renamed);
        return renamed;
      } catch (StoreException e) {
        log.atWarn()
            .log("the configuration is followed as {}: {}", found.configFile(), e.getMessage());
        return found;
      }
    }

    private void requireSameConfigFile(AcceptedState state)
        throws StateDirectoryException, IOException {
      if (state.configFile().isPresent()
          && !state.configFile().get().equals(configFile)
          && !ConfigPath.leadToOneFile(state.configFile().get(), configFile)) {
        throw new StateDirectoryException(
            "the state directory "
                + directory
                + " is about "
                + state.configFile().get()
                + ", not "
                + configFile
                + "; use another state directory");
      }
    }

    private Path pointer() {
      return directory.resolve("run");
    }
  }

  private static String reason(Exception e) {
    String message = e.getMessage();
    return e instanceof java.nio.file.FileSystemException && message != null
        ? e.getClass().getSimpleName().replace("Exception", "") + ": " + message
        : String.valueOf(message);
  }

  /** Where states are committed. */
  public StateStore states() {
    return states;
  }

  /** Believes a configuration that has lost datastores though no operator has accepted that. */
  public void believeLosses() {
    states.believeLosses();
  }

  /** The doorbell that all processes of this directory hear. */
  public Doorbell doorbell() {
    return doorbell;
  }

  /** The state that was found, or the empty one of a new history. */
  public AcceptedState initial() {
    return initial;
  }

  /** What could happen without being noticed, each with the reason, for people. */
  public ImmutableMap<Concern, String> concerns() {
    ImmutableMap.Builder<Concern, String> concerns = ImmutableMap.builder();
    claim.historyConcern().ifPresent(why -> concerns.put(Concern.HISTORY, why));
    claim.secondServerConcern().ifPresent(why -> concerns.put(Concern.SECOND_SERVER, why));
    return concerns.buildOrThrow();
  }

  /** What each process that uses the directory tells of itself. */
  public ProcessFiles processes() {
    return run.processes();
  }

  /** Names this run: from one time that a process was alone to the next. */
  public Incarnation run() {
    return run.id();
  }

  @Override
  public void close() {
    doorbell.close();
    // Whoever begins holds the commit lock, so nobody joins while the last one clears up. When
    // somebody has it now, he is no less able to do that.
    try (StateStore.Held held = states.lock(Duration.ZERO)) {
      if (users.leave()) {
        run.leave(directory);
      }
    } catch (StoreException | IOException e) {
      log.atDebug().log("the run directory is left as it is: {}", e.toString());
    }
    try {
      claim.close();
      users.close();
      states.close();
    } catch (StoreException | IOException e) {
      log.atWarn().log("closing the locks of the state directory: {}", e.toString());
    }
  }
}
