package io.datastored.promise;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.config.DatastoreName;
import io.datastored.file.DiskSteps;
import io.datastored.file.StoreException;
import io.datastored.operation.Operation;
import io.datastored.promise.LedgerEntry.Promises;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file promise book is kept in the ledger file of a state directory: the ceiling of the fencing
 * tokens, the longest ttl, whether any promise may still be out, what was drained and which base
 * paths were left. Thread-safe: readers see one immutable entry through one volatile field; writes
 * are made one after the other under the book's lock.
 */
public final class FilePromiseBook implements PromiseBook {

  private static final Logger log = LoggerFactory.getLogger(FilePromiseBook.class);

  /**
   * How many tokens may be handed out while a change is being committed: eight seconds at the rate
   * that the wall clock allows for.
   */
  private static final long TOKENS_OF_A_COMMIT = 8L << 20;

  private final LedgerFile file;
  private final EarlierRuns earlier;
  private final ClockSlack slack;
  private final Object lock = new Object();

  /** Written under the lock. */
  private volatile LedgerEntry entry;

  /** Why it could not be written the last time; empty: it could. Written under the lock. */
  private volatile Optional<String> trouble = Optional.empty();

  /** The last token that was handed out, once tokens are; before that those of earlier runs. */
  private volatile LongSupplier lastToken;

  private volatile boolean granting;

  private FilePromiseBook(LedgerFile file, EarlierRuns earlier, ClockSlack slack) {
    this.slack = slack;
    this.file = file;
    this.earlier = earlier;
    this.entry = earlier.found();
    this.lastToken = () -> earlier.found().ceiling() - 1;
  }

  /**
   * Opens the ledger of a state directory, of which there is one server. Touches the disk.
   *
   * <p>A lost ledger says nothing of what was promised, so it counts as if the longest ttl that may
   * be granted had been, unless the bounds know of no {@link EarlierLeases} and the directory is
   * new: it must not have a state yet, so this is called before an engine is opened. A corrupt one
   * is kept aside as {@code leases.corrupt-SECONDS} and then counts as lost.
   *
   * @throws StoreException when the ledger cannot be read or a corrupt one cannot be set aside
   */
  public static FilePromiseBook open(
      Path stateDirectory, PromiseBounds bounds, InstantSource wallClock, DiskSteps disk)
      throws StoreException {
    LedgerFile file = new LedgerFile(stateDirectory, disk);
    file.removeLeftovers(wallClock);
    return new FilePromiseBook(
        file, EarlierRuns.read(file, stateDirectory, bounds, wallClock), bounds.slack());
  }

  EarlierRuns earlier() {
    return earlier;
  }

  /** All tokens of this run are at or above. */
  public long firstToken() {
    return earlier.found().ceiling();
  }

  @Override
  public boolean allows(Duration ttl) {
    return entry.allows(ttl);
  }

  @Override
  public void promise(Duration ttl) throws StoreException {
    if (allows(ttl)) {
      // Not under the lock, which may be held while a disk takes its time: renewals come through
      // here on threads that must not wait.
      return;
    }
    write(present -> present.promising(ttl));
  }

  @Override
  public void reserve(long ceiling) throws StoreException {
    if (ceiling > FencingToken.BOUND) {
      throw new StoreException(StoreException.Reason.OTHER, "the fencing tokens are used up");
    }
    write(present -> present.withCeiling(Math.max(ceiling, present.ceiling())));
  }

  @Override
  public long floor(DatastoreName datastore, Operation operation) {
    return entry.floors().stream()
        .filter(floor -> floor.isOf(datastore, operation))
        .mapToLong(FencingFloor::token)
        .max()
        .orElse(0);
  }

  /** What was drained and must not be taken over. */
  ImmutableList<FencingFloor> floors() {
    return entry.floors();
  }

  /** The longest ttl that was ever promised, by this run or one before it. */
  public Duration longestTtl() {
    return entry.longestTtl();
  }

  /** Forgets outdated floors and adds others; on the disk when this returns. */
  void remember(Collection<FencingFloor> outdated, Collection<FencingFloor> added)
      throws StoreException {
    write(
        present -> {
          LedgerEntry next = present.withoutFloors(outdated);
          for (FencingFloor floor : added) {
            next = next.withFloor(floor);
          }
          return next;
        });
  }

  @Override
  public void settle(Duration sinceOpening) throws StoreException {
    // A lease of the last run may be used for its ttl from that run's end, and this run does not
    // know it: stopped cleanly a second after a crash, nothing is live here and yet not settled.
    boolean lastRunIsOver =
        earlier.found().promises() == Promises.SETTLED
            || sinceOpening.compareTo(slack.kept(earlier.found().longestTtl())) > 0;
    if (lastRunIsOver) {
      synchronized (lock) {
        // What allows less is shown before it is written: written first, a promise in between would
        // be allowed by the old entry and the disk say that there is none.
        entry = entry.settled();
        toDisk(entry);
      }
    }
  }

  /** Writes an entry that allows more. */
  private void write(UnaryOperator<LedgerEntry> change) throws StoreException {
    synchronized (lock) {
      LedgerEntry next = change.apply(entry);
      if (!next.equals(entry)) {
        toDisk(next);
        // What allows more is shown only now: shown before the write, another thread could promise
        // by it, and a server killed in between would not know of the promise.
        entry = next;
      }
    }
  }

  @GuardedBy("lock")
  private void toDisk(LedgerEntry next) throws StoreException {
    try {
      file.write(next);
      trouble = Optional.empty();
    } catch (StoreException e) {
      trouble = Optional.of(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  /** Why nothing that needs a new durable number can be promised at the moment. */
  public Optional<String> trouble() {
    return trouble;
  }

  /** Writes once more what could not be written, to learn whether it can by now. */
  public void retry() {
    synchronized (lock) {
      if (trouble.isPresent()) {
        try {
          toDisk(entry);
        } catch (StoreException e) {
          log.atDebug().log("still: {}", e.getMessage());
        }
      }
    }
  }

  /** Says how far tokens have been handed out, from now on. */
  void tokensGoTo(LongSupplier last) {
    lastToken = last;
    granting = true;
  }

  /**
   * Notes base paths that are about to be left; on the disk when this returns. To be called before
   * the change is committed: a server that is killed between the two knows of a path too many, and
   * never of one too few.
   *
   * @throws StoreException when it cannot be written; then they must not be left
   */
  public void leaving(Map<DatastoreName, Path> left) throws StoreException {
    long last = lastToken.getAsLong();
    if (!granting && entry.promises() == Promises.SETTLED) {
      return; // nobody holds anything, and nobody can before this change is served
    }
    // Who asks before the change is served is still granted the path that is left.
    long until = granting ? last + TOKENS_OF_A_COMMIT : last;
    write(
        present ->
            present.leaving(
                left.entrySet().stream()
                    .map(
                        one ->
                            new LeftPath(
                                one.getKey(),
                                one.getValue(),
                                last,
                                Math.min(until, FencingToken.BOUND - 1)))
                    .toList()));
  }

  @Override
  public ImmutableList<Optional<Path>> grounds(DatastoreName datastore, FencingToken token) {
    return LeftPath.grounds(entry.left(), datastore, token);
  }

  /** All base paths that were left while leases were out. */
  public ImmutableList<LeftPath> left() {
    return entry.left();
  }

  /**
   * Changes what is known of base paths that were left; on the disk when this returns.
   *
   * @param change of one of them; empty: it is forgotten
   */
  public void revise(Function<LeftPath, Optional<LeftPath>> change) throws StoreException {
    write(
        present ->
            present.withLeft(
                present.left().stream()
                    .map(change)
                    .flatMap(Optional::stream)
                    .collect(ImmutableList.toImmutableList())));
  }

  /** The last token that was handed out. */
  public long lastToken() {
    return lastToken.getAsLong();
  }

  @Override
  public String toString() {
    return entry.toString();
  }
}
