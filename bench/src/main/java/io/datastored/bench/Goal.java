package io.datastored.bench;

import java.util.List;
import java.util.Locale;

/**
 * A goal is a limit for a measured number, and the fact that shows whether it is met. Immutable.
 *
 * @param what what is measured and what it is compared with
 * @param fact the name of the fact
 * @param unit unit, printed after the number
 */
record Goal(String what, String fact, Sense sense, double reach, String unit) {

  /** Whether the limit is a lower or an upper one. */
  enum Sense {
    AT_LEAST,
    AT_MOST
  }

  private static final String RATIO = "×";

  /** The goals of the design. */
  static final List<Goal> ALL =
      List.of(
          atLeast(
              "lookup + release, 1,000 datastores, M=1 N=1000, to the original up to 4.1.1, rebuilt",
              "lookup.each.1.ours",
              10_000),
          atLeast("M=10 N=100", "lookup.each.10.ours", 10_000),
          atLeast("M=100 N=10", "lookup.each.100.ours", 10_000),
          atLeast("M=1000 N=1, all cold", "lookup.each.1000.ours", 300),
          atLeast(
              "M=1 N=1000, to the original from 4.1.2 on, rebuilt",
              "lookup.each.1.ours.config",
              500),
          atLeast("M=10 N=100", "lookup.each.10.ours.config", 500),
          atLeast("M=100 N=10", "lookup.each.100.ours.config", 200),
          atLeast("M=1000 N=1, all cold", "lookup.each.1000.ours.config", 40),
          atLeast("held and released together, M=1 N=1000", "lookup.held.1.ours", 10_000),
          atLeast("held, M=10 N=100", "lookup.held.10.ours", 10_000),
          atLeast("held, M=100 N=10", "lookup.held.100.ours", 10_000),
          atLeast("held, M=1000 N=1", "lookup.held.1000.ours", 300),
          atLeast("5 datastores, one of them again and again", "lookup.five.each.ours", 1_000),
          atMost(
              "lookup + release to `ConcurrentHashMap.get` + two `LongAdder` adds, 1 thread",
              "hotpath.threads.1",
              2,
              RATIO),
          atMost("the same, 2 threads on one datastore", "hotpath.threads.2", 3, RATIO),
          atLeast(
              "Lookup as LOOKUP with `known_etag`, 64 in flight: rate to an echo of the same messages",
              "grpc.lookup.echo",
              0.95),
          atMost("the same, p99 to the echo's", "grpc.lookup.p99", 1.2, RATIO),
          atLeast("Lookup as READ that renews: rate to the echo", "grpc.read.echo", 0.9),
          atMost("the same, p99 to the echo's", "grpc.read.p99", 1.2, RATIO),
          atLeast("Lookup to etcd's linearizable `Range`, rate", "grpc.lookup.etcd", 4),
          atLeast(
              "Lookup with 10 open pages and a scrape each second: rate to the rate without",
              "grpc.lookup.scraped",
              0.97),
          atMost("a scrape of 10,000 datastores", "metrics.10000.time", 50, " ms"),
          atMost("the same", "metrics.10000.size", 200, " KiB"),
          atMost(
              "a change to the last of 10,000 watchers on 100 connections, to a bare push",
              "push.10000.100",
              1.2,
              RATIO),
          atMost(
              "heap of an idle watcher, 10,000 on 100 connections",
              "watcher.heap.10000.100",
              2,
              " KiB"),
          new Goal("100,000 datastores: parse", "scale.100000.parse", Sense.AT_LEAST, 100, " MB/s"),
          atMost(
              "100,000 datastores: a change by API to a watcher", "scale.100000.change", 50, " ms"),
          atMost(
              "near cache: lookup and close, nothing on the wire", "nearcache.lookup", 100, " ns"),
          atMost(
              "5,000 clients after a kill -9 of their server, the longest of three restarts",
              "storm.fresh",
              5_000,
              " ms until all are FRESH"),
          atMost("KeepAlives of 10,000 sessions", "sessions.cpu", 10, " % of a core"),
          atMost("a lookup while 10,000 sessions end, the longest", "sessions.end", 50, " ms"),
          atMost("drain with all clients alive, p99", "drain.alive.p99", 250, " ms"),
          atMost("drain with one client dead, after its ttl", "drain.dead.over", 1_000, " ms"),
          atMost("start to ready, 1,000 datastores", "scale.1000.start", 1_000, " ms"),
          atMost(
              "the rebuilt original without its parser, to the kernel's part of it",
              "floor.ratio",
              2,
              RATIO));

  private static Goal atLeast(String what, String fact, double reach) {
    return new Goal(what, fact, Sense.AT_LEAST, reach, RATIO);
  }

  private static Goal atMost(String what, String fact, double reach, String unit) {
    return new Goal(what, fact, Sense.AT_MOST, reach, unit);
  }

  boolean reachedBy(double number) {
    return sense == Sense.AT_LEAST ? number >= reach : number <= reach;
  }

  /** Whether the best measured run is at least as good as this number. */
  boolean isMet(double number, Spread found) {
    return sense == Sense.AT_LEAST ? found.high() >= number : found.low() <= number;
  }

  /**
   * Whether a claimed number is implausibly better than the best measured run. A ratio within one
   * run hardly depends on the machine and may be twice as good; a time or a size may be ten times
   * as good.
   */
  boolean isTooGood(double claim, Spread found) {
    double times = unit.equals(RATIO) ? 2 : 10;
    return sense == Sense.AT_LEAST ? claim > times * found.high() : claim * times < found.low();
  }

  String told() {
    return (sense == Sense.AT_LEAST ? "≥ " : "≤ ")
        + String.format(Locale.ROOT, reach == Math.rint(reach) ? "%,.0f" : "%.2f", reach)
        + unit;
  }
}
