package io.datastored.lease;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.config.DatastoreName;
import io.datastored.file.DiskSteps;
import io.datastored.file.StoreException;
import io.datastored.lease.LedgerEntry.Promises;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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
 * A lease ledger is the durable record of what a server has promised: the ceiling of its fencing
 * tokens, the longest ttl, whether any promise may still be out, and what was drained. Thread-safe:
 * readers see one immutable entry through one volatile field; writes are made one after the other
 * under the ledger's lock.
 *
 * <p>One rule: what the ledger says is on the disk before anything is promised by it. So a server
 * that was killed finds at least what it promised, never less.
 *
 * <p>Tokens start at the ceiling found or at the wall clock's seconds times 2^20, whichever is
 * higher, at every start. So they rise even when the file was lost or restored from a backup, for
 * as long as fewer than 2^20 leases are granted in a second; in the ordinary case the ceiling
 * decides and the wall clock may say what it likes. It is the only wall clock that decides
 * anything.
 */
public final class LeaseLedger {

  private static final Logger log = LoggerFactory.getLogger(LeaseLedger.class);

  /** The engine's file in a state directory: one that has it is not new. */
  private static final String STATE = "state";

  /** The ceiling of a ledger that is not there. */
  private static final long NOTHING_RESERVED = 1;

  /**
   * How many tokens may be handed out while a change is being committed: eight seconds at the rate
   * that the wall clock allows for.
   */
  private static final long TOKENS_OF_A_COMMIT = 8L << 20;

  /** How many tokens a second of the wall clock stands for, as a power of two. */
  private static final int TOKENS_PER_SECOND_BITS = 20;

  /** A wall clock beyond (the year 2106) is broken: believed once, it would use the tokens up. */
  private static final long LATEST_BELIEVED_SECOND = 1L << 32;

  private final LedgerFile file;
  private final LedgerEntry found;
  private final long grantedBelow;
  private final ClockSlack margin;
  private final Object lock = new Object();

  /** Written under the lock. */
  private volatile LedgerEntry entry;

  /** Why it could not be written the last time; empty: it could. Written under the lock. */
  private volatile Optional<String> trouble = Optional.empty();

  /** The last token that was handed out, once tokens are; before that those of earlier runs. */
  private volatile LongSupplier lastToken;

  private volatile boolean granting;

  private LeaseLedger(LedgerFile file, LedgerEntry found, long grantedBelow, ClockSlack margin) {
    this.grantedBelow = grantedBelow;
    this.margin = margin;
    this.file = file;
    this.found = found;
    this.entry = found;
    this.lastToken = () -> found.ceiling() - 1;
  }

  /**
   * Opens the ledger of a state directory, of which there is one server. Touches the disk.
   *
   * <p>A lost ledger says nothing of what was promised, so it counts as if the longest ttl that may
   * be granted had been, unless the options know of no {@link EarlierLeases} and the directory is
   * new: it must not have a state yet, so this is called before an engine is opened. A corrupt one
   * is kept aside as {@code leases.corrupt-SECONDS} and then counts as lost.
   *
   * @throws StoreException when the ledger cannot be read or a corrupt one cannot be set aside
   */
  public static LeaseLedger open(
      Path stateDirectory, LeaseOptions options, InstantSource wallClock, DiskSteps disk)
      throws StoreException {
    LedgerFile file = new LedgerFile(stateDirectory, disk);
    file.removeLeftovers(wallClock);
    LedgerEntry last;
    try {
      Optional<LedgerEntry> read = file.read();
      last = read.isPresent() ? read.get() : missing(file, stateDirectory, options);
    } catch (CorruptLedgerException e) {
      Path aside = file.setAside(wallClock.instant());
      log.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("kept_as", aside)
          .log("the lease ledger is corrupt ({}) and counts as lost", e.getMessage());
      last = lost(options);
    }
    long floor = floorAt(wallClock.instant().getEpochSecond());
    LedgerEntry found = last.withCeiling(Math.max(last.ceiling(), floor));
    // Of a lost ledger nobody knows what was granted, so it may be anything before this run.
    long granted = last.ceiling() == NOTHING_RESERVED ? found.ceiling() : last.ceiling();
    return new LeaseLedger(file, found, granted, options.margin());
  }

  private static LedgerEntry missing(LedgerFile file, Path stateDirectory, LeaseOptions options)
      throws StoreException {
    if (options.earlierLeases() == EarlierLeases.POSSIBLE) {
      return lost(options);
    }
    if (Files.exists(stateDirectory.resolve(STATE), LinkOption.NOFOLLOW_LINKS)) {
      LedgerEntry lost = lost(options);
      log.atWarn()
          .addKeyValue("directory", stateDirectory)
          .addKeyValue("recovery", lost.longestTtl())
          .log(
              "--no-earlier-leases is ignored: the state directory is not new, but its file of"
                  + " leases is lost, and clients may still hold leases; no drain ends before they"
                  + " have run out");
      return lost;
    }
    LedgerEntry nothing = new LedgerEntry(NOTHING_RESERVED, Duration.ZERO, Promises.SETTLED);
    // Written at once: after a kill before the first lease the directory has a state, and without a
    // ledger it would look as if one had been lost.
    file.write(nothing);
    return nothing;
  }

  private static LedgerEntry lost(LeaseOptions options) {
    long seconds = options.longestPromise().plusNanos(999_999_999).toSeconds();
    return new LedgerEntry(NOTHING_RESERVED, Duration.ofSeconds(seconds), Promises.OUT);
  }

  private static long floorAt(long second) {
    if (second < 0 || second >= LATEST_BELIEVED_SECOND) {
      log.atWarn().log("implausible wall clock ({} s since 1970); ignoring it", second);
      return 1;
    }
    return Math.max(1, second << TOKENS_PER_SECOND_BITS);
  }

  /** What the last run left, its ceiling already raised to where this run's tokens start. */
  LedgerEntry found() {
    return found;
  }

  /** Earlier runs can have granted no token at or above. */
  long grantedBelow() {
    return grantedBelow;
  }

  /** Whether a lease of a ttl may be promised without a write. */
  boolean allows(Duration ttl) {
    return entry.allows(ttl);
  }

  /** Makes room for leases of a ttl; on the disk when this returns. */
  void promise(Duration ttl) throws StoreException {
    if (allows(ttl)) {
      // Not under the lock, which may be held while a disk takes its time: renewals come through
      // here on threads that must not wait.
      return;
    }
    write(present -> present.promising(ttl));
  }

  /** Reserves all tokens below a ceiling; on the disk when this returns. */
  void reserve(long ceiling) throws StoreException {
    if (ceiling > FencingToken.BOUND) {
      throw new StoreException(StoreException.Reason.OTHER, "the fencing tokens are used up");
    }
    write(present -> present.withCeiling(Math.max(ceiling, present.ceiling())));
  }

  /** What was drained and must not be taken over. */
  ImmutableList<FencingFloor> floors() {
    return entry.floors();
  }

  /** The longest ttl that was ever promised, by this run or one before it. */
  Duration longestTtl() {
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

  /** Notes that nobody is owed anything, if what the last run left is over too. */
  void settle(Duration sinceOpening) throws StoreException {
    // A lease of the last run may be used for its ttl from that run's end, and this run does not
    // know it: stopped cleanly a second after a crash, nothing is live here and yet not settled.
    boolean lastRunIsOver =
        found.promises() == Promises.SETTLED
            || sinceOpening.compareTo(margin.kept(found.longestTtl())) > 0;
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
  Optional<String> trouble() {
    return trouble;
  }

  /** Writes once more what could not be written, to learn whether it can by now. */
  void retry() {
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

  /** The base paths on which a lease of the run before may be used. */
  Grounds grounds(DatastoreName datastore, FencingToken token) {
    return Grounds.of(entry.left(), datastore, token);
  }

  /** All base paths that were left while leases were out. */
  ImmutableList<LeftPath> left() {
    return entry.left();
  }

  /**
   * Changes what is known of base paths that were left; on the disk when this returns.
   *
   * @param change of one of them; empty: it is forgotten
   */
  void revise(Function<LeftPath, Optional<LeftPath>> change) throws StoreException {
    write(
        present ->
            present.withLeft(
                present.left().stream()
                    .map(change)
                    .flatMap(Optional::stream)
                    .collect(ImmutableList.toImmutableList())));
  }

  /** The last token that was handed out. */
  long lastToken() {
    return lastToken.getAsLong();
  }

  @Override
  public String toString() {
    return entry.toString();
  }
}
