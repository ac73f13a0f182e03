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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

  private static final Logger log = LoggerFactory.getLogger(Reload.class);

  private final Disk disk;
  private final SnapshotCache cache;
  private final Troubles troubles;
  private final ReentrantLock gate = new ReentrantLock();
  private final Condition settled = gate.newCondition();

  @GuardedBy("gate")
  private final Settling settling;

  /** Whether an edit is known that is not committed, so that the snapshot refuses more. */
  @GuardedBy("gate")
  private boolean uncommitted;

  private volatile boolean closed;

  Reload(Disk disk, SnapshotCache cache, Settling settling, Troubles troubles) {
    this.disk = disk;
    this.cache = cache;
    this.troubles = troubles;
    this.settling = settling;
  }

  Snapshot current() {
    return cache.current();
  }

  EngineCounters counters() {
    return new EngineCounters(disk.loads(), cache.reloads(), disk.commits());
  }

  /**
   * Accepts what the file holds when the engine starts, whatever changed while nobody looked. Where
   * that cannot be believed or committed, what was accepted last is served.
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
      try {
        if (!seen.fits() && !seen.state().datastores().isEmpty()) {
          // An editor may be at work now, and a file system not be mounted yet.
          Optional<Duration> rest = rest(seen);
          if (rest.isPresent()) {
            return rest;
          }
        }
        accept(seen);
      } catch (StoreException e) {
        serveAccepted(seen, e);
      }
      return Optional.empty();
    }
  }

  /** Begins with what was accepted last, where its text is there. A file must be there, too. */
  @GuardedBy("gate")
  private void serveAccepted(Disk.Seen seen, StoreException why) throws StoreException {
    AcceptedState state = seen.state();
    Optional<byte[]> text = state.text().bytes();
    if (text.isEmpty() || state.datastores().isEmpty() || !seen.content().exists()) {
      throw why;
    }
    ConfigDocument accepted = cache.parse(ConfigContent.of(text.get()));
    publish(state, accepted, cache.serve(state, accepted));
    raise(why);
    if (why.reason() != StoreException.Reason.CONTENT_LOST) {
      close(seen, why);
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
   * Looks for changes that nobody announced. What is wrong is told as a trouble, too.
   *
   * @param how with {@link Disk.Look#INSIDE} from time to time
   * @return how long until it should look again, when an edit has to settle first
   * @throws StoreException when configuration or state cannot be read or written
   */
  Optional<Duration> check(Disk.Look how) throws StoreException {
    gate.lock();
    try {
      Optional<Duration> rest = refresh(how);
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

  /** After a failure nobody may have written since; the disk may be well again all the same. */
  @GuardedBy("gate")
  private void tryOut() throws StoreException {
    if (troubles.ofServer(TroubleCause.STATE).isPresent()) {
      disk.tryOut(current().state());
      troubles.clear(TroubleCause.STATE);
    }
  }

  @GuardedBy("gate")
  private void raise(StoreException e) {
    if (e.reason() == StoreException.Reason.CONTENT_LOST) {
      troubles.raise(TroubleCause.CONFIGURATION, sentence(e));
    } else if (uncommitted) {
      troubles.raise(
          TroubleCause.STATE,
          "an edit of " + disk + " cannot be accepted, what it refuses is refused: " + sentence(e));
    } else {
      troubles.raise(
          TroubleCause.CONFIGURATION, "the configuration cannot be followed: " + sentence(e));
    }
  }

  private static String sentence(StoreException e) {
    return String.valueOf(e.getMessage());
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
      return writeLocked(write);
    } catch (StoreException e) {
      if (e.reason() == StoreException.Reason.OUTCOME_UNKNOWN) {
        // What took effect, if only half, is an edit now: it is committed, or what it refuses is
        // refused.
        lookAgain();
      } else if (uncommitted || e.reason() == StoreException.Reason.CONTENT_LOST) {
        raise(e);
      }
      throw e;
    } finally {
      gate.unlock();
    }
  }

  @GuardedBy("gate")
  private void lookAgain() {
    try {
      Optional<Duration> unused = refresh(Disk.Look.INSIDE);
    } catch (StoreException e) {
      raise(e);
    }
  }

  @GuardedBy("gate")
  private WriteOutcome writeLocked(Write write) throws StoreException {
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
    if (successor.state().generation().equals(current().state().generation())) {
      return;
    }
    try {
      save(next, successor);
      troubles.clear(TroubleCause.STATE);
    } catch (StoreException e) {
      troubles.raise(TroubleCause.STATE, "a change cannot be written: " + sentence(e));
      throw e;
    }
  }

  @SuppressWarnings("GuardedBy") // called with the gate checked
  private void save(ConfigDocument next, SnapshotCache.Successor successor)
      throws StoreException, EditedMeanwhileException {
    AcceptedState state = successor.state();
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
      disk.close();
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
    try {
      for (Optional<Duration> rest = refresh(how); rest.isPresent(); rest = refresh(how)) {
        await(rest.get());
      }
    } catch (StoreException e) {
      if (!closed) {
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
    Disk.Seen seen = look(how);
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
    } catch (StoreException e) {
      if (!seen.fits() && e.reason() != StoreException.Reason.CONTENT_LOST && !closed) {
        close(seen, e);
      }
      throw e;
    }
  }

  @GuardedBy("gate")
  private Disk.Seen look(Disk.Look how) throws StoreException {
    try {
      return disk.look(current().state(), how);
    } catch (StoreException e) {
      if (e.reason() != StoreException.Reason.DESCRIPTORS) {
        throw e;
      }
      return lookWithoutDescriptors(e);
    }
  }

  /**
   * To ask for the stamp of a file takes no descriptor; to read a file that has another one does.
   */
  @GuardedBy("gate")
  private Disk.Seen lookWithoutDescriptors(StoreException why) throws StoreException {
    try {
      return disk.look(current().state(), Disk.Look.AT_STAMPS);
    } catch (StoreException e) {
      if (e.reason() == StoreException.Reason.DESCRIPTORS) {
        uncommitted = true;
        cache.closeAll(
            "the configuration has changed, and what it says now cannot be read: " + sentence(why));
      }
      throw e;
    }
  }

  /** An edit is known that cannot be committed: what it refuses is refused from now on. */
  @GuardedBy("gate")
  private void close(Disk.Seen edit, StoreException why) {
    uncommitted = true;
    cache.close(
        cache.serve(edit.state(), cache.parse(edit.content())),
        "that cannot be accepted: " + sentence(why));
  }

  /** What was accepted is all there is. */
  @GuardedBy("gate")
  private void reopen() {
    if (uncommitted) {
      uncommitted = false;
      cache.reopen();
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
        commit(seen.state());
      }
      adopt(seen);
      return Optional.empty();
    }
    Optional<Duration> rest = rest(seen);
    if (rest.isEmpty()) {
      try {
        accept(seen);
      } catch (StoreException e) {
        close(seen, e);
        throw e;
      }
    }
    return rest;
  }

  @GuardedBy("gate")
  private Optional<Duration> rest(Disk.Seen seen) throws StoreException {
    if (!seen.content().exists()) {
      settling.vanished();
      throw new StoreException(
          StoreException.Reason.CONTENT_LOST, disk + " is missing: put it back, or an empty one");
    }
    Optional<Duration> rest = settling.remaining(seen.content());
    if (rest.isEmpty()) {
      Optional<LostContent> lost = LostContent.between(seen.state(), seen.content().bytes());
      if (lost.isPresent() && !disk.isMeant(seen)) {
        throw new StoreException(
            StoreException.Reason.CONTENT_LOST,
            lost.get().message(disk.toString(), disk.stateDirectory()));
      }
    }
    return rest;
  }

  @GuardedBy("gate")
  private void adopt(Disk.Seen seen) throws StoreException {
    settling.settled(seen.file());
    if (current().state().equals(seen.state())) {
      reopen();
    } else {
      ConfigDocument parsed = cache.parse(seen.content());
      LastGood.Served served = cache.serve(seen.state(), parsed);
      cache.announce(seen.state(), served);
      publish(seen.state(), parsed, served);
    }
  }

  @GuardedBy("gate")
  private void accept(Disk.Seen seen) throws StoreException {
    ConfigContent content = seen.content();
    accept(
        seen.state(),
        cache.parse(content),
        AcceptedText.of(content.digest(), content.bytes()),
        Map.of());
    settling.settled(seen.file());
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
    cache.announce(state, served);
    if (!next.equals(state)) {
      commit(next);
      warnOfRemoval(state, next);
    } else if (state.text().bytes().isEmpty()) {
      keepText(next);
    }
    if (!next.equals(current().state()) || cache.empty()) {
      publish(next, parsed, served);
    }
    reopen();
  }

  /** A state of an earlier version has no text. Nothing that is served depends on it now. */
  @GuardedBy("gate")
  private void keepText(AcceptedState next) {
    try {
      commit(next);
    } catch (StoreException e) {
      log.atWarn().log("the accepted configuration is not kept yet: {}", e.getMessage());
    }
  }

  @GuardedBy("gate")
  private void commit(AcceptedState next) throws StoreException {
    disk.commit(next);
    troubles.clear(TroubleCause.STATE);
  }

  private void warnOfRemoval(AcceptedState before, AcceptedState after) {
    int had = before.datastores().size();
    long removed =
        before.datastores().keySet().stream()
            .filter(name -> !after.datastores().containsKey(name))
            .count();
    if (removed * 2 > had) {
      log.atWarn()
          .addKeyValue("removed", removed)
          .addKeyValue("of", had)
          .log("an edit of {} has removed more than half of the datastores", disk);
    }
  }

  @GuardedBy("gate")
  private void publish(AcceptedState state, ConfigDocument parsed, LastGood.Served served) {
    // Ring first: from here on no process grants on what was before without looking again.
    disk.ring(state);
    uncommitted = false;
    cache.publish(state, parsed, served);
  }
}
