package io.datastored.promise;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.config.DatastoreName;
import io.datastored.file.DiskSteps;
import io.datastored.file.StoreException;
import io.datastored.file.Verdict;
import io.datastored.history.Incarnation;
import io.datastored.operation.Operation;
import io.datastored.promise.LedgerEntry.Promises;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file promise book is a promise book in the ledger file of a state directory. It holds the
 * ceiling of the fencing tokens, the longest ttl, whether any promise may still be outstanding,
 * what was drained, and which base paths were left. Thread-safe: readers see one immutable entry
 * through one volatile field; writes are serialized by the book's lock.
 */
public final class FilePromiseBook implements PromiseBook {

  private static final Logger log = LoggerFactory.getLogger(FilePromiseBook.class);

  /**
   * How many tokens may be handed out while a change is being committed: eight seconds at the
   * highest rate for which tokens keep rising.
   */
  private static final long TOKENS_OF_A_COMMIT = 8L << 20;

  private final LedgerFile file;
  private final Continuations continuations;
  private final PromiseBounds bounds;
  private final Object lock = new Object();

  /** Written under the lock, before anything is promised. */
  private volatile EarlierRuns earlier;

  /** Written under the lock. */
  private volatile LedgerEntry entry;

  /** Why the last write failed; empty if it succeeded. Written under the lock. */
  private volatile Optional<String> trouble = Optional.empty();

  /** The last token handed out by this run; before its first, an upper bound of earlier ones. */
  private volatile LongSupplier lastToken;

  private volatile boolean granting;

  private FilePromiseBook(
      LedgerFile file, EarlierRuns earlier, Continuations continuations, PromiseBounds bounds) {
    this.continuations = continuations;
    this.bounds = bounds;
    this.file = file;
    this.earlier = earlier;
    this.entry = earlier.found();
    this.lastToken = () -> this.earlier.found().ceiling() - 1;
  }

  /**
   * Opens the ledger of a state directory, which must have no other server. Touches the disk.
   *
   * <p>If the ledger is lost, it is unknown what was promised, so the longest permitted ttl is
   * assumed. The exception is a new directory whose bounds exclude {@link EarlierLeases}. A new
   * directory has no state yet, so call this before an engine is opened. A corrupt ledger is kept
   * as {@code leases.corrupt-SECONDS} and then counts as lost.
   *
   * @throws StoreException when the ledger cannot be read or a corrupt one cannot be set aside
   */
  public static FilePromiseBook open(
      Path stateDirectory, PromiseBounds bounds, InstantSource wallClock, DiskSteps disk)
      throws StoreException {
    LedgerFile file = new LedgerFile(stateDirectory, disk);
    file.removeLeftovers(wallClock);
    return new FilePromiseBook(
        file,
        EarlierRuns.read(file, stateDirectory, bounds, wallClock),
        Continuations.open(stateDirectory, disk),
        bounds);
  }

  /**
   * Binds the ledger to the history that is served; call it before anything is promised. A ledger
   * of another history was restored or copied together with its state, or its state was lost: a run
   * after the one that wrote it may have promised more.
   *
   * <p>If the disk is full, the ledger is written later. Until then it names the other history, so
   * the next start draws the same conclusion.
   */
  public void serve(Incarnation history) {
    synchronized (lock) {
      Optional<Incarnation> written = entry.history();
      if (written.equals(Optional.of(history))) {
        return;
      }
      if (written.isPresent()) {
        earlier = earlier.outdated(bounds);
        entry = earlier.found();
        log.atWarn()
            .addKeyValue("history", history)
            .addKeyValue("before", written.get())
            .addKeyValue("recovery", entry.longestTtl())
            .log(
                "{} belongs to another history: the state directory was restored or copied, or"
                    + " its state was lost; no drain completes before leases that may have been"
                    + " granted"
                    + " since have expired",
                file);
      }
      entry = entry.in(Optional.of(history));
      try {
        toDisk(entry);
      } catch (StoreException e) {
        log.atWarn().log("cannot record the history now, it is recorded later: {}", e.getMessage());
      }
    }
  }

  /** Whether a ledger can be used, and what is in it. */
  public static Verdict verdict(byte[] bytes) {
    return LedgerFile.verdict(bytes);
  }

  EarlierRuns earlier() {
    return earlier;
  }

  /** The first token of this run; all others are above. */
  public long firstToken() {
    return earlier.found().ceiling();
  }

  @Override
  public Continuations continuations() {
    return continuations;
  }

  @Override
  public boolean allows(Duration ttl) {
    return entry.allows(ttl);
  }

  @Override
  public void promise(Duration ttl) throws StoreException {
    if (allows(ttl)) {
      // Without the lock, which may be held during a slow disk write: renewals pass here on threads
      // that must not wait.
      return;
    }
    write(present -> present.promising(ttl));
  }

  @Override
  public TokenBlock reserve(long size) throws StoreException {
    synchronized (lock) {
      long first = entry.ceiling();
      if (size > FencingToken.BOUND - first) {
        throw new StoreException(StoreException.Reason.OTHER, "the fencing tokens are used up");
      }
      write(present -> present.withCeiling(first + size));
      return new TokenBlock(first, first + size);
    }
  }

  @Override
  public long floor(DatastoreName datastore, Operation operation) {
    if (entry.floors().isEmpty()) {
      return 0; // asked before each grant
    }
    return entry.floors().stream()
        .filter(floor -> floor.isOf(datastore, operation))
        .mapToLong(FencingFloor::token)
        .max()
        .orElse(0);
  }

  /** The floors of what was drained and must not be taken over. */
  ImmutableList<FencingFloor> floors() {
    return entry.floors();
  }

  /** The longest ttl ever promised, by this run or an earlier one. */
  public Duration longestTtl() {
    return entry.longestTtl();
  }

  /** Drops outdated floors and adds others; durable when this returns. */
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
    // A lease of the last run may be used for its ttl after that run's end, and this run does not
    // know it: a server stopped cleanly a second after a crash has no live lease, and still is not
    // settled.
    boolean lastRunIsOver =
        earlier.found().promises() == Promises.SETTLED
            || sinceOpening.compareTo(bounds.slack().kept(earlier.found().longestTtl())) > 0;
    if (lastRunIsOver) {
      synchronized (lock) {
        // An entry that allows less is published before it is written. In the opposite order, the
        // old entry would allow a promise in between, while the disk says that there is none.
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
        // An entry that allows more is published only after the write. In the opposite order,
        // another thread could promise on it, and after a kill in between the promise would not be
        // on the disk.
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

  /** Why no promise that needs a write can be made at the moment; empty if it can. */
  public Optional<String> trouble() {
    return trouble;
  }

  /** Retries a failed write, to find out whether the disk has recovered. */
  public void retry() {
    synchronized (lock) {
      if (trouble.isPresent()) {
        try {
          toDisk(entry);
        } catch (StoreException e) {
          log.atDebug().log("the lease ledger still cannot be written: {}", e.getMessage());
        }
      }
    }
  }

  /**
   * The allocator of the tokens of this book, which then knows the last one.
   *
   * @param size of a block
   * @param background reserves ahead; its threads may block
   */
  public FencingTokens tokens(long size, Executor background) {
    FencingTokens tokens = new FencingTokens(this, size, background);
    lastToken = () -> Math.max(tokens.last(), earlier.found().ceiling() - 1);
    granting = true;
    return tokens;
  }

  /**
   * Records base paths that are about to be left; durable when this returns. Call it before the
   * change is committed: a server that is killed in between has one path too many on record, and
   * never one too few.
   *
   * @throws StoreException when it cannot be written; then they must not be left
   */
  public void leaving(Map<DatastoreName, Path> left) throws StoreException {
    long last = lastToken.getAsLong();
    if (!granting && entry.promises() == Promises.SETTLED) {
      return; // no promise is outstanding, and none can be before this change is served
    }
    // A lease that is granted before the change is served is still on the path that is left.
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
   * Revises the record of base paths that were left; durable when this returns.
   *
   * @param change the new value of one of them; empty: it is dropped
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
