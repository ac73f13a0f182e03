package io.datastored.lease;

import com.google.common.collect.Sets;
import io.datastored.engine.snapshot.Change;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.file.StoreException;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.FilePromiseBook;
import io.datastored.promise.LeaseClock;
import io.datastored.promise.LeftPath;
import io.datastored.promise.Recovery;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Left paths are the base paths that datastores have left, kept in the ledger for as long as a
 * lease may be used on one. Thread-safe: what is known of each is in a concurrent map.
 *
 * <p>A path is recorded before the change is committed, with room for all tokens that may be handed
 * out until the change is served. Some time after it is served, when grants that began before have
 * ended, the room is reduced to the tokens in use.
 *
 * <p>A path is forgotten when it was recorded for longer than the longest promise, no lease of the
 * previous run can come back, and no lease in the table may be used on it.
 */
final class LeftPaths {

  private static final Logger log = LoggerFactory.getLogger(LeftPaths.class);

  /** Longer than a grant takes from its lookup to its token. */
  private static final Duration UNDER_WAY = Duration.ofSeconds(10);

  private final FilePromiseBook book;
  private final LeaseRegister register;
  private final Recovery recovery;
  private final LeaseClock clock;
  private final ClockSlack margin;

  /** When this run first saw each path. */
  private final Map<LeftPath, Long> seenAt = new ConcurrentHashMap<>();

  /** When the change that left a path was served, for the paths that this run has left. */
  private final Map<LeftPath, Long> servedAt = new ConcurrentHashMap<>();

  LeftPaths(
      FilePromiseBook book,
      LeaseRegister register,
      Recovery recovery,
      LeaseClock clock,
      ClockSlack margin) {
    this.book = book;
    this.register = register;
    this.recovery = recovery;
    this.clock = clock;
    this.margin = margin;
  }

  /** Records that a change is served: no more leases are granted on the paths it left. */
  void onServed(Change change) {
    if (book.left().isEmpty()) {
      return;
    }
    long now = clock.now();
    Sets.union(change.changed(), change.removed()).stream()
        .flatMap(name -> change.before().find(name).stream())
        .forEach(before -> noteServed(before, now));
  }

  private void noteServed(Datastore before, long now) {
    for (LeftPath path : book.left()) {
      if (path.datastore().equals(before.name()) && path.basePath().equals(before.basePath())) {
        servedAt.putIfAbsent(path, now);
      }
    }
  }

  /** Reduces the record where possible; touches the disk only then. */
  void tend() {
    long now = clock.now();
    seenAt.keySet().retainAll(book.left());
    servedAt.keySet().retainAll(book.left());
    book.left().forEach(path -> seenAt.putIfAbsent(path, now));
    // Read before anything is checked: a later token does not belong to a grant that began before.
    long last = book.lastToken();
    try {
      book.revise(path -> revised(path, now, last));
    } catch (StoreException e) {
      log.atDebug().log("cannot update the record of left base paths: {}", e.getMessage());
    }
  }

  private Optional<LeftPath> revised(LeftPath path, long now, long last) {
    long longest = margin.keptNanos(book.longestTtl());
    boolean old = seenAt.getOrDefault(path, now) + longest <= now;
    if (old && !recovery.active() && !isUsed(path)) {
      return Optional.empty();
    }
    Long served = servedAt.get(path);
    boolean settled = served != null && served + UNDER_WAY.toNanos() <= now;
    if (!settled || path.until() <= last) {
      return Optional.of(path);
    }
    LeftPath smaller = new LeftPath(path.datastore(), path.basePath(), path.certain(), last);
    seenAt.put(smaller, seenAt.getOrDefault(path, now));
    servedAt.put(smaller, served);
    return Optional.of(smaller);
  }

  private boolean isUsed(LeftPath path) {
    return register
        .on(path.datastore())
        .anyMatch(lease -> lease.token().value() <= path.until() && !lease.term().isReturned());
  }
}
