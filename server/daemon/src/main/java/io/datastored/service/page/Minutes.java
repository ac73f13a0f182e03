package io.datastored.service.page;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.drain.BlockerSummary;
import io.datastored.drain.Drains;
import io.datastored.engine.Engine;
import io.datastored.engine.LiveProcesses;
import io.datastored.engine.snapshot.Maintenance;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.lease.SessionTable;
import io.datastored.service.stream.OpenWatches;
import io.datastored.service.wire.CallCounts;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;

/**
 * The minutes are the last quarter of an hour of a server, for the charts. Thread-safe under its
 * own lock. They are recorded whether or not somebody looks, so that a page that opens has them.
 */
final class Minutes {
  static final Duration STEP = Duration.ofSeconds(5);

  private static final int KEPT = 15 * 60 / 5;

  /** More datastores under maintenance at a time are not asked for what is in their way. */
  private static final int MOST_MODES = 100;

  private final Engine engine;
  private final Drains drains;
  private final SessionTable sessions;
  private final OpenWatches watches;
  private final CallCounts calls;
  private final InstantSource clock;
  private final Ticker ticker;
  private final AppliedTimes applied = new AppliedTimes();

  @GuardedBy("this")
  private final ArrayDeque<Point> points = new ArrayDeque<>();

  @GuardedBy("this")
  private Lookups before;

  /**
   * The lookups of a server so far.
   *
   * @param refused those that were refused, by reason
   */
  private record Lookups(long all, ImmutableMap<String, Long> refused, long at) {}

  Minutes(
      Engine engine,
      Drains drains,
      SessionTable sessions,
      OpenWatches watches,
      CallCounts calls,
      InstantSource clock,
      Ticker ticker) {
    this.engine = engine;
    this.drains = drains;
    this.sessions = sessions;
    this.watches = watches;
    this.calls = calls;
    this.clock = clock;
    this.ticker = ticker;
    this.before = lookups();
    sessions.onApplied(applied::add);
  }

  /** Adds the point of the interval that ends now. */
  synchronized Point add() {
    Lookups now = lookups();
    double seconds = Math.max(1e-3, (now.at() - before.at()) / 1e9);
    var point =
        new Point(
            clock.instant(),
            (now.all() - before.all()) / seconds,
            refusals(now, seconds),
            applied.take(),
            sessions.live(),
            watches.count(),
            blockers());
    before = now;
    points.add(point);
    if (points.size() > KEPT) {
      points.remove();
    }
    return point;
  }

  /** All points, oldest first. */
  synchronized ImmutableList<Point> points() {
    return ImmutableList.copyOf(points);
  }

  private Lookups lookups() {
    long[] all = {0};
    Map<String, Long> refused = new TreeMap<>();
    calls.each(
        (method, code, reason, count) -> {
          if (method.equals("Lookup")) {
            all[0] += count;
            if (!reason.isEmpty()) {
              refused.merge(reason, count, Long::sum);
            }
          }
        });
    return new Lookups(all[0], ImmutableMap.copyOf(refused), ticker.read());
  }

  /** Refusals a second since the last point, by reason; only reasons that there were. */
  @GuardedBy("this")
  private ImmutableMap<String, Double> refusals(Lookups now, double seconds) {
    var rates = ImmutableMap.<String, Double>builder();
    now.refused()
        .forEach(
            (reason, count) -> {
              long more = count - before.refused().getOrDefault(reason, 0L);
              if (more > 0) {
                rates.put(reason, more / seconds);
              }
            });
    return rates.buildOrThrow();
  }

  private long blockers() {
    Snapshot snapshot = engine.snapshot();
    LiveProcesses census = engine.census();
    return snapshot.byName().stream()
        .filter(datastore -> !datastore.maintenance().equals(Maintenance.NONE))
        .limit(MOST_MODES)
        .map(datastore -> drains.inTheWay(datastore, snapshot.revision(), census))
        .mapToLong(Minutes::count)
        .sum();
  }

  private static long count(BlockerSummary found) {
    return found.operations().read()
        + found.operations().write()
        + found.sessions()
        + (found.unseen().awaited().isPresent() ? 1 : 0);
  }
}
