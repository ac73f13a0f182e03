package io.datastored.history.file;

import io.datastored.file.AtomicFile;
import io.datastored.file.ConfigPath;
import io.datastored.file.DiskSteps;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.Doorbell;
import io.datastored.history.Incarnation;
import io.datastored.history.Machine;
import io.datastored.history.StateText;
import io.datastored.history.Store;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An opening determines which history continues when a process opens a state directory. Confined to
 * one call.
 *
 * @param directory the state directory, with links resolved
 */
record Opening(
    Path directory,
    Path configFile,
    Machine machine,
    FileStateStore states,
    FileStoreOptions options) {

  private static final Logger log = LoggerFactory.getLogger(Opening.class);

  /** Joins the processes that use the directory. */
  StateDirectory open() throws StateDirectoryException, StoreException, IOException {
    // The commit lock is held, so no other process joins or commits in between.
    try (Store.Held held = states.lock(options.waits().lock())) {
      // Under the lock: whoever takes the history elsewhere holds it until the note is there.
      Departure.refuse(directory);
      MembershipLock users = MembershipLock.open(directory.resolve(StateDirectory.USERS_LOCK));
      try {
        StateDirectory open = users.alone() ? alone(users) : amongOthers(users);
        users.join();
        return open;
      } catch (StateDirectoryException | StoreException | IOException | RuntimeException e) {
        users.close();
        throw e;
      }
    }
  }

  private StateDirectory alone(MembershipLock users)
      throws StateDirectoryException, StoreException, IOException {
    Optional<StateText.Kept> found = states.loadOrSetAside(options.outside().clock().instant());
    if (found.isPresent()) {
      requireSameConfigFile(found.get().state());
    }
    Incarnation runId = Incarnation.random(options.outside().random());
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
   * Writes the name of the run directory. On a full disk it is overwritten in place: no process
   * reads it while this one is alone, and the next process that is alone writes it again.
   */
  private void point(RunDirectory run) throws StoreException {
    try {
      AtomicFile.forOwnerOnly(pointer(), DiskSteps.REAL).replace(run.pointerText());
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
    Claim claim =
        Claim.open(configFile, RunDirectory.shared(), runId, directory, options.waits().lock());
    states.tell(claim);
    return claim;
  }

  /** The state that was found, or the first state of a new history that continues from it. */
  private AcceptedState goOn(StateText.Kept found, Claim claim) throws StoreException {
    Optional<String> objection =
        Consent.isRestored(directory)
            ? Optional.of("as an operator says")
            : found.machine().isAnother(machine)
                ? Optional.of("it was written on another machine (another machine-id)")
                : claim.objection(found.state(), found.mark());
    if (objection.isEmpty()) {
      return found.state();
    }
    Incarnation before = found.state().revision().incarnation();
    Incarnation incarnation = Incarnation.random(options.outside().random());
    AcceptedState state = found.state().in(incarnation, claim.seen(before));
    commit(state);
    // After the commit: if this process is killed in between, one more history begins, and none is
    // continued that was restored.
    Consent.spendRestored(directory);
    log.atWarn()
        .addKeyValue("incarnation", incarnation)
        .addKeyValue("before", before)
        .log(
            "a new history begins: the state file in {} was restored from a backup or"
                + " copied, {}; its maintenance modes and last good versions are kept, and clients"
                + " read everything again",
            directory,
            objection.get());
    return state;
  }

  private AcceptedState newHistory() throws StoreException {
    Incarnation incarnation = Incarnation.random(options.outside().random());
    log.atInfo().log("a new history begins: incarnation {}", incarnation);
    AcceptedState state = AcceptedState.empty(incarnation, Optional.of(configFile));
    // Committed while the commit lock is held. The next process may open the directory before
    // anything else is committed; it is not alone then, and would take a missing state file for a
    // lost one.
    commit(state);
    return state;
  }

  private void commit(AcceptedState state) throws StoreException {
    try (StateStore.Prepared prepared = states.prepare(state)) {
      prepared.commit();
    }
  }

  private Optional<Path> runDirectory() {
    return options.places().runDirectory();
  }

  private RunDirectory ownRun(Incarnation id) throws IOException, StoreException {
    Path path =
        runDirectory()
            .orElseGet(() -> RunDirectory.defaultFor(directory))
            .toAbsolutePath()
            .normalize();
    RunDirectory.leaveEarlier(pointer(), path, directory);
    RunDirectory.make(path);
    // A new page even if there is an old one: no process uses the old one.
    RunDirectory run = new RunDirectory(path, id);
    run.processes().sweep();
    return run;
  }

  private StateDirectory amongOthers(MembershipLock users)
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
    if (runDirectory().isPresent()
        && !runDirectory().get().toAbsolutePath().normalize().equals(run.path())) {
      throw new StateDirectoryException(
          "other processes use the run directory "
              + run.path()
              + " with this state directory, not "
              + runDirectory().get());
    }
    try {
      Doorbell doorbell = MappedDoorbell.open(run.page(), state.revision().incarnation(), run.id());
      return new StateDirectory(states, doorbell, state, directory, run, users, claim(run.id()));
    } catch (IOException e) {
      throw new StateDirectoryException(
          "other processes use the run directory "
              + run.path()
              + ", which this process does not see as they do (a container, or a private /tmp?): "
              + StateDirectoryException.reason(e),
          e);
    }
  }

  /**
   * The state with the present path of the configuration file. Both paths lead to the same file
   * now, but a link may change later; and versions before 0.2 recorded the target of the links.
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
          .log("the configuration stays recorded as {}: {}", found.configFile(), e.getMessage());
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
              + " belongs to the configuration "
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
