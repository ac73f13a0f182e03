package io.datastored.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.config.DatastoreName;
import io.datastored.config.document.ConfigDocument;
import io.datastored.engine.health.TroubleCause;
import io.datastored.engine.health.Troubles;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.ConfigContent;
import io.datastored.history.Store;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * A committer is the single path by which a change becomes the snapshot, whether it comes from a
 * write through the engine, an editor, another process or a device. Thread-safe: readers see one
 * immutable snapshot through one volatile field; everything else is guarded by the gate, so one
 * thread reloads and all others use its result.
 *
 * <p>It checks, decides and commits, and retries if another process committed first. The order of a
 * change: committed (see {@link Store}) → doorbell raised → snapshot swapped → listeners notified.
 * A snapshot is published only if the digest of the configuration is that of the committed state.
 */
public final class Committer implements AutoCloseable {

  /** Long compared to any commit, so that waiting writes keep their order. */
  private static final int WANTED_CHECK_SECONDS = 1;

  private final Store store;
  private final SnapshotPublisher publisher;
  private final Troubles troubles;
  private final ReentrantLock gate = new ReentrantLock();
  private final Condition settled = gate.newCondition();
  private final GateAside aside = new GateAside(gate);
  private final WriteStep step;
  private final CommitCounts counts = new CommitCounts();

  @GuardedBy("gate")
  private final UncommittedEdit edit;

  @GuardedBy("gate")
  private final Publication publication;

  @GuardedBy("gate")
  private final Refresh refresh;

  /**
   * @param holdWait how long to wait for another process that commits
   */
  Committer(Store store, Duration holdWait, SnapshotPublisher publisher, Troubles troubles) {
    this.store = store;
    this.publisher = publisher;
    this.troubles = troubles;
    this.edit = new UncommittedEdit(publisher);
    this.publication = new Publication(store, publisher, edit, troubles, counts, aside);
    this.refresh = new Refresh(store, holdWait, publisher, edit, publication, counts);
    this.step = new WriteStep(store, publisher, publication);
  }

  Snapshot current() {
    return publisher.current();
  }

  void probe() throws StoreException {
    store.probe(current().state());
  }

  CommitCounts counts() {
    return counts;
  }

  /**
   * Accepts the file at the start of the engine, with changes made while no process followed it. If
   * it is not trusted or cannot be committed, the last accepted version is served.
   *
   * @throws StoreException when configuration or state cannot be read or written
   */
  void start() throws StoreException {
    gate.lock();
    try {
      for (Optional<Duration> rest = begin(); rest.isPresent(); rest = begin()) {
        await(rest.get());
      }
    } finally {
      gate.unlock();
    }
  }

  @GuardedBy("gate")
  private Optional<Duration> begin() throws StoreException {
    try (Store.Held held = refresh.hold()) {
      Store.Seen seen = refresh.look(Store.Look.INSIDE);
      try {
        // Nothing has been accepted yet: nothing can be lost, and an empty file is not an edit.
        if (!seen.state().datastores().isEmpty()) {
          // An editor may be writing right now, or a file system may not be mounted yet.
          seen.requireContent();
          if (seen.rest().isPresent()) {
            return seen.rest();
          }
        }
        Store.Outcome outcome =
            publication.accept(seen, publisher.accepting(seen), ReloadCause.START);
        return outcome == Store.Outcome.COMMITTED ? Optional.empty() : Optional.of(Duration.ZERO);
      } catch (StoreException e) {
        serveAccepted(seen, e);
        return Optional.empty();
      }
    }
  }

  /** Starts with the last accepted configuration, if there is its text, and a file. */
  @GuardedBy("gate")
  private void serveAccepted(Store.Seen seen, StoreException why) throws StoreException {
    AcceptedState state = seen.state();
    Optional<byte[]> text = state.text().bytes();
    if (text.isEmpty() || state.datastores().isEmpty() || !seen.content().exists()) {
      throw why;
    }
    ConfigDocument accepted = publisher.parse(ConfigContent.of(text.get()));
    publication.publish(state, accepted, publisher.serve(state, accepted), ReloadCause.START);
    raise(why);
    if (why.reason() != StoreException.Reason.CONTENT_LOST) {
      edit.found(seen, why);
    }
  }

  /**
   * A snapshot of at least {@code generation}.
   *
   * @throws StoreException when it cannot be read
   */
  Snapshot atLeast(long generation) throws StoreException {
    Snapshot snapshot = current();
    if (snapshot.generation() < generation) {
      gate.lock();
      try {
        // A thread that waited for the gate finds what the previous one read.
        if (current().generation() < generation) {
          refreshSettled();
        }
        snapshot = current();
      } finally {
        gate.unlock();
      }
    }
    if (snapshot.generation() > generation) {
      // A saver may have died between its commit and the doorbell: see Publication#publish.
      store.doorbell().raise(snapshot.state().generation());
    }
    return snapshot;
  }

  /**
   * Checks for unannounced changes. Failures are also raised as troubles.
   *
   * @param how with {@link Store.Look#INSIDE} from time to time
   * @return how long until the next check, if an edit has to settle first
   * @throws StoreException when configuration or state cannot be read or written
   */
  Optional<Duration> check(Store.Look how) throws StoreException {
    gate.lock();
    try {
      Optional<Duration> rest = refresh.run(how);
      if (rest.isEmpty()) {
        troubles.clear(TroubleCause.CONFIGURATION);
        tryOut();
      }
      return rest;
    } catch (StoreException e) {
      raise(e);
      throw e;
    } finally {
      gate.unlock();
    }
  }

  /** Retries after a failure: the disk may have recovered without another write. */
  @GuardedBy("gate")
  private void tryOut() throws StoreException {
    if (troubles.ofServer(TroubleCause.STATE).isPresent()) {
      store.probe(current().state());
      troubles.clear(TroubleCause.STATE);
    }
  }

  @GuardedBy("gate")
  private void raise(StoreException e) {
    if (e.reason() == StoreException.Reason.CONTENT_LOST) {
      troubles.raise(TroubleCause.CONFIGURATION, e.getMessage());
    } else if (edit.known()) {
      troubles.raise(
          TroubleCause.STATE,
          "an edit of "
              + store.describe()
              + " cannot be accepted yet; what it refuses is already refused: "
              + e.getMessage());
    } else {
      troubles.raise(
          TroubleCause.CONFIGURATION, "the configuration cannot be followed: " + e.getMessage());
    }
  }

  /**
   * Commits the present state of devices.
   *
   * @param mounted by datastore; datastores that are not removable, or no longer, are ignored
   */
  void acceptMounts(Map<DatastoreName, Boolean> mounted) throws StoreException {
    gate.lock();
    try {
      try (Store.Held held = refresh.hold()) {
        Store.Seen seen = refresh.runHeld();
        if (seen.rest().isEmpty()) {
          Store.Outcome unused =
              publication.accept(seen, publisher.knowing(mounted), ReloadCause.DEVICE);
        }
      }
    } finally {
      gate.unlock();
    }
  }

  /**
   * Runs a write exclusively, on a snapshot that is up to date.
   *
   * @param withdrawn whether the caller has given up; checked until the commit begins
   */
  WriteOutcome write(Write write, WriteStep.Purpose purpose, BooleanSupplier withdrawn)
      throws StoreException {
    if (!enter(withdrawn)) {
      return step.cancelled(write);
    }
    try {
      return decideAndCommit(write, purpose, withdrawn);
    } catch (StoreException e) {
      if (e.reason() == StoreException.Reason.OUTCOME_UNKNOWN) {
        // A write that took effect, even partially, is now an edit: it is committed, or its
        // refusals apply.
        lookAgain();
      } else if (edit.known() || e.reason() == StoreException.Reason.CONTENT_LOST) {
        raise(e);
      }
      throw e;
    } finally {
      gate.unlock();
    }
  }

  /**
   * Waits for the gate. The present holder may hang in a file system, and a caller that has gone
   * must not wait for that.
   */
  private boolean enter(BooleanSupplier withdrawn) throws StoreException {
    long asked = System.nanoTime();
    try {
      while (!withdrawn.getAsBoolean()) {
        if (gate.tryLock(WANTED_CHECK_SECONDS, TimeUnit.SECONDS)) {
          counts.entered(asked);
          return true;
        }
      }
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(
          StoreException.Reason.OTHER, "interrupted while another change is committed");
    }
  }

  @GuardedBy("gate")
  private void lookAgain() {
    try {
      Optional<Duration> unused = refresh.run(Store.Look.INSIDE);
    } catch (StoreException e) {
      raise(e);
    }
  }

  @GuardedBy("gate")
  private WriteOutcome decideAndCommit(
      Write write, WriteStep.Purpose purpose, BooleanSupplier withdrawn) throws StoreException {
    while (!withdrawn.getAsBoolean()) {
      Duration rest;
      try (Store.Held held = refresh.hold()) {
        Store.Seen seen = refresh.runHeld();
        if (seen.rest().isEmpty()) {
          Optional<WriteOutcome> outcome = step.run(write, purpose, withdrawn, seen);
          if (outcome.isPresent()) {
            return outcome.get();
          }
        }
        rest = seen.rest().orElse(Duration.ZERO);
      }
      // Wait for an edit in place without holding the store: the wait releases the gate.
      await(rest);
    }
    return step.cancelled(write);
  }

  /**
   * Stops all changes. Waits for the one in progress: the lock against other processes is closed
   * next, and without it two processes could commit the same generation.
   */
  @Override
  public void close() {
    gate.lock();
    try {
      aside.close();
      refresh.close();
      settled.signalAll();
    } finally {
      gate.unlock();
    }
  }

  @GuardedBy("gate")
  private void refreshSettled() throws StoreException {
    Store.Look how = Store.Look.AT_STAMPS;
    try {
      for (Optional<Duration> rest = refresh.run(how); rest.isPresent(); rest = refresh.run(how)) {
        await(rest.get());
      }
    } catch (StoreException e) {
      if (!refresh.isClosed()) {
        raise(e);
      }
      throw e;
    }
  }

  @GuardedBy("gate")
  private void await(Duration rest) throws StoreException {
    try {
      boolean unused = settled.await(rest.toNanos() + 1, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(
          StoreException.Reason.OTHER,
          "interrupted while an edit of " + store.describe() + " settles");
    }
  }
}
