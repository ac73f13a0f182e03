package io.datastored.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.config.ConfigContent;
import io.datastored.config.ConfigDocument;
import io.datastored.config.DatastoreName;
import io.datastored.config.StoreException;
import io.datastored.generation.AcceptedState;
import io.datastored.generation.AcceptedText;
import io.datastored.generation.StateStore;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Reload is the one path on which a change becomes the snapshot, whoever made it: a write through
 * the engine, an editor, another process, a device. Thread-safe: readers see one immutable snapshot
 * through one volatile field; everything else is guarded by the gate, so one thread reloads and all
 * others find its result.
 *
 * <p>The order of a change: committed on disk (see {@link Disk}) → doorbell raised → snapshot
 * swapped → listeners told. A snapshot is published only when the digest of the configuration is
 * that of the committed state.
 */
final class Reload implements AutoCloseable {

  private final Disk disk;
  private final SnapshotCache cache;
  private final ReentrantLock gate = new ReentrantLock();
  private final Condition settled = gate.newCondition();

  @GuardedBy("gate")
  private final Settling settling;

  private volatile boolean closed;

  Reload(Disk disk, SnapshotCache cache, Settling settling) {
    this.disk = disk;
    this.cache = cache;
    this.settling = settling;
  }

  Snapshot current() {
    return cache.current();
  }

  EngineCounters counters() {
    return new EngineCounters(disk.loads(), cache.reloads(), disk.commits());
  }

  /**
   * Accepts what the file holds when the engine starts, whatever changed while nobody looked.
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
    try (StateStore.Held held = lock()) {
      Disk.Seen seen = disk.look(current().state(), Disk.Look.INSIDE);
      if (!seen.fits() && !seen.state().datastores().isEmpty()) {
        // An editor may be at work now, and a file system not be mounted yet.
        Optional<Duration> rest = rest(seen);
        if (rest.isPresent()) {
          return rest;
        }
      }
      accept(seen);
      return Optional.empty();
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
        // Whoever waited for the gate finds what the one before read: one reload per change.
        if (current().generation() < generation) {
          refreshSettled();
        }
        snapshot = current();
      } finally {
        gate.unlock();
      }
    }
    if (snapshot.generation() > generation) {
      disk.ring(snapshot.state());
    }
    return snapshot;
  }

  /**
   * Looks for changes that nobody announced.
   *
   * @param how with {@link Disk.Look#INSIDE} from time to time
   * @return how long until it should look again, when an edit has to settle first
   * @throws StoreException when configuration or state cannot be read or written
   */
  Optional<Duration> check(Disk.Look how) throws StoreException {
    gate.lock();
    try {
      return refresh(how);
    } finally {
      gate.unlock();
    }
  }

  /**
   * Commits what is known of devices now.
   *
   * @param mounted by datastore; those that are not removable (any more) are left out
   */
  void acceptMounts(Map<DatastoreName, Boolean> mounted) throws StoreException {
    gate.lock();
    try (StateStore.Held held = lock()) {
      if (refreshLocked().isEmpty()) {
        accept(current().state(), cache.document(), current().state().text(), mounted);
      }
    } finally {
      gate.unlock();
    }
  }

  /** Runs a write with nobody else writing, on a snapshot that is up to date. */
  WriteOutcome write(Write write) throws StoreException {
    gate.lock();
    try {
      while (true) {
        Optional<Duration> rest;
        try (StateStore.Held held = lock()) {
          rest = refreshLocked();
          if (rest.isEmpty()) {
            return write.run(this);
          }
        } catch (EditedMeanwhileException e) {
          // Somebody edited the file between the look and the save: the edit comes first.
          rest = Optional.of(Duration.ZERO);
        }
        // An edit in place is waited for without the state lock: the wait opens the gate.
        await(rest.get());
      }
    } finally {
      gate.unlock();
    }
  }

  /** The document behind the snapshot. Only inside of {@link #write}. */
  @SuppressWarnings("GuardedBy") // checked
  ConfigDocument document() {
    checkGate();
    return cache.document();
  }

  /**
   * What {@link #save} would do. Only inside of {@link #write}.
   *
   * @throws StoreException when the configuration takes no saves and one would be needed
   */
  @SuppressWarnings("GuardedBy") // checked
  Change preview(ConfigDocument next, Map<DatastoreName, ModeNote> notes) throws StoreException {
    checkGate();
    Change change = cache.preview(next, notes);
    if (!change.isEmpty()) {
      disk.requireWritable();
    }
    return change;
  }

  /**
   * Saves {@code next} and commits it, unless it changes nothing that is served. Only inside of
   * {@link #write}.
   *
   * @param notes what only the caller knows of a datastore's mode
   * @throws StoreException when it cannot be written, see {@link Disk#save}
   * @throws EditedMeanwhileException when the file is not what the snapshot was read from any more
   */
  @SuppressWarnings("GuardedBy") // checked
  void save(ConfigDocument next, Map<DatastoreName, ModeNote> notes)
      throws StoreException, EditedMeanwhileException {
    checkGate();
    SnapshotCache.Successor successor = cache.successor(next, notes);
    AcceptedState state = successor.state();
    if (state.generation().equals(current().state().generation())) {
      return;
    }
    cache.announce(current().state(), successor.served());
    if (successor.content().isEmpty()) {
      disk.commit(state);
      publish(state, next, successor.served());
    } else {
      ConfigContent config = successor.content().get();
      disk.save(
          current().digest(),
          config,
          digest -> state.of(AcceptedText.of(digest, config.bytes())),
          committed -> {
            settling.settled(Optional.empty());
            publish(committed, next, successor.served());
          });
    }
  }

  /**
   * Ends every change. Waits for the one under way: what is closed next is the lock against other
   * processes, and without it two of them could commit one generation.
   */
  @Override
  public void close() {
    gate.lock();
    try {
      closed = true;
      settled.signalAll();
    } finally {
      gate.unlock();
    }
  }

  private void checkGate() {
    if (!gate.isHeldByCurrentThread()) {
      throw new IllegalStateException("only a write may do this");
    }
  }

  @GuardedBy("gate")
  private void refreshSettled() throws StoreException {
    Disk.Look how = Disk.Look.AT_STAMPS;
    for (Optional<Duration> rest = refresh(how); rest.isPresent(); rest = refresh(how)) {
      await(rest.get());
    }
  }

  @GuardedBy("gate")
  private void await(Duration rest) throws StoreException {
    try {
      boolean unused = settled.await(rest.toNanos() + 1, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(
          StoreException.Reason.OTHER, "interrupted while an edit of " + disk + " settles");
    }
  }

  private void checkOpen() throws StoreException {
    if (closed) {
      throw new StoreException(StoreException.Reason.OTHER, "the engine is closed");
    }
  }

  private StateStore.Held lock() throws StoreException {
    checkOpen();
    return disk.lock();
  }

  /** Brings the snapshot up to date; how long an edit must rest first, if it must. */
  @GuardedBy("gate")
  private Optional<Duration> refresh(Disk.Look how) throws StoreException {
    checkOpen();
    Disk.Seen seen = disk.look(current().state(), how);
    if (seen.fits() && !seen.lost()) {
      adopt(seen);
      return Optional.empty();
    }
    Optional<Duration> rest = seen.fits() ? Optional.empty() : rest(seen);
    if (rest.isPresent()) {
      return rest;
    }
    try (StateStore.Held held = lock()) {
      return refreshLocked();
    }
  }

  /** The same for who holds the state lock, and so may commit an edit. */
  @GuardedBy("gate")
  private Optional<Duration> refreshLocked() throws StoreException {
    // Looks again: of several processes that found one manual edit, who gets the lock second finds
    // it committed, so there is one generation of it.
    Disk.Seen seen = disk.look(current().state(), Disk.Look.AT_STAMPS);
    if (seen.fits()) {
      if (seen.lost()) {
        disk.commit(seen.state());
      }
      adopt(seen);
      return Optional.empty();
    }
    Optional<Duration> rest = rest(seen);
    if (rest.isEmpty()) {
      accept(seen);
    }
    return rest;
  }

  @GuardedBy("gate")
  private Optional<Duration> rest(Disk.Seen seen) throws StoreException {
    if (!seen.content().exists()) {
      settling.vanished();
      throw new StoreException(
          StoreException.Reason.VANISHED, disk + " is missing: put it back, or an empty one");
    }
    return settling.remaining(seen.content());
  }

  @GuardedBy("gate")
  private void adopt(Disk.Seen seen) throws StoreException {
    settling.settled(seen.file());
    if (!current().state().equals(seen.state())) {
      ConfigDocument parsed = cache.parse(seen.content());
      LastGood.Served served = cache.serve(seen.state(), parsed);
      cache.announce(seen.state(), served);
      publish(seen.state(), parsed, served);
    }
  }

  @GuardedBy("gate")
  private void accept(Disk.Seen seen) throws StoreException {
    settling.settled(seen.file());
    ConfigContent content = seen.content();
    accept(
        seen.state(),
        cache.parse(content),
        AcceptedText.of(content.digest(), content.bytes()),
        Map.of());
  }

  /** Commits what a document says as the successor of {@code state}. Holds the state lock. */
  @GuardedBy("gate")
  private void accept(
      AcceptedState state,
      ConfigDocument parsed,
      AcceptedText text,
      Map<DatastoreName, Boolean> mounted)
      throws StoreException {
    LastGood.Served served = cache.serve(state, parsed);
    AcceptedState next = cache.accept(state, served, text.digest(), mounted, Map.of()).of(text);
    // A state of an earlier version has no text: it is kept from now on.
    cache.announce(state, served);
    if (!next.equals(state) || state.text().bytes().isEmpty()) {
      disk.commit(next);
    }
    if (!next.equals(current().state()) || cache.empty()) {
      publish(next, parsed, served);
    }
  }

  @GuardedBy("gate")
  private void publish(AcceptedState state, ConfigDocument parsed, LastGood.Served served) {
    // Ring first: from here on no process grants on what was before without looking again.
    disk.ring(state);
    cache.publish(state, parsed, served);
  }
}
