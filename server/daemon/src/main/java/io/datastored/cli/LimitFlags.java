package io.datastored.cli;

import com.google.common.collect.Comparators;
import io.datastored.daemon.DaemonOptions;
import io.datastored.drain.DrainOptions;
import io.datastored.lease.EarlierLeases;
import io.datastored.lease.LeaseOptions;
import io.datastored.lease.SessionOptions;
import io.datastored.watch.WatchLimits;
import java.time.Duration;
import picocli.CommandLine.Option;

/** The flags of {@code serve} for what its clients may cost. Confined to one thread. */
final class LimitFlags {

  @Option(
      names = "--lease-ttl",
      paramLabel = "DURATION",
      defaultValue = "60s",
      converter = DurationText.class,
      description = "Default ttl of a lease (default: ${DEFAULT-VALUE}).")
  Duration leaseTtl;

  @Option(
      names = "--max-lease-ttl",
      paramLabel = "DURATION",
      defaultValue = "10m",
      converter = DurationText.class,
      description = "Maximum ttl of a lease (default: ${DEFAULT-VALUE}).")
  Duration maxLeaseTtl;

  @Option(
      names = "--max-leases",
      paramLabel = "COUNT",
      defaultValue = "1000000",
      description = "Maximum number of leases (default: ${DEFAULT-VALUE}).")
  long maxLeases;

  @Option(
      names = "--session-ttl",
      paramLabel = "DURATION",
      defaultValue = "10s",
      converter = DurationText.class,
      description = "Default ttl of a session (default: ${DEFAULT-VALUE}).")
  Duration sessionTtl;

  @Option(
      names = "--max-session-ttl",
      paramLabel = "DURATION",
      defaultValue = "60s",
      converter = DurationText.class,
      description =
          "Maximum ttl of a session, also under load. A client that dies delays a drain by"
              + " its ttl (default: ${DEFAULT-VALUE}).")
  Duration maxSessionTtl;

  @Option(
      names = "--max-sessions",
      paramLabel = "COUNT",
      defaultValue = "100000",
      description = "Maximum number of sessions (default: ${DEFAULT-VALUE}).")
  long maxSessions;

  @Option(
      names = "--max-session-leases",
      paramLabel = "COUNT",
      defaultValue = "100000",
      description = "Maximum number of leases of one session (default: ${DEFAULT-VALUE}).")
  long maxSessionLeases;

  @Option(
      names = "--max-keep-alives",
      paramLabel = "COUNT",
      defaultValue = "1000",
      description =
          "KeepAlives per second; with more sessions their ttls grow (default: ${DEFAULT-VALUE}).")
  long maxKeepAlives;

  @Option(
      names = "--no-earlier-leases",
      description = {
        "No client holds a lease from an earlier server, so drains need not wait for such leases to expire.",
        "Only honoured at the first start on a new state directory."
      })
  boolean noEarlierLeases;

  @Option(
      names = "--max-watchers",
      paramLabel = "COUNT",
      defaultValue = "100000",
      description = "Maximum number of open watches (default: ${DEFAULT-VALUE}).")
  int maxWatchers;

  @Option(
      names = "--max-watch-buffer",
      paramLabel = "BYTES",
      defaultValue = "67108864",
      description =
          "Maximum bytes of frames that watching clients have not read yet; later changes wait and are merged"
              + " (default: ${DEFAULT-VALUE}).")
  long maxWatchBuffer;

  @Option(
      names = "--drain-poll",
      paramLabel = "DURATION",
      defaultValue = "25ms",
      converter = DurationText.class,
      description = {
        "How often a new drain checks the counters (default: ${DEFAULT-VALUE}).",
        "A drain that has waited for long checks every 250ms, or at this interval if it is longer."
      })
  Duration drainPoll;

  @Option(
      names = "--drain-progress",
      paramLabel = "DURATION",
      defaultValue = "1s",
      converter = DurationText.class,
      description =
          "How often a drain reports its blockers while nothing changes (default: ${DEFAULT-VALUE}).")
  Duration drainProgress;

  @Option(
      names = "--max-drains",
      paramLabel = "COUNT",
      defaultValue = "100",
      description = "Maximum number of open drains (default: ${DEFAULT-VALUE}).")
  int maxDrains;

  DaemonOptions applyTo(DaemonOptions options) {
    return options
        .withLeases(leases().withSessions(sessions()))
        .withDrains(drains())
        .withWatches(
            OptionRule.on(
                "--max-watchers, --max-watch-buffer",
                () -> new WatchLimits(maxWatchers, WatchLimits.DEFAULT.history(), maxWatchBuffer)));
  }

  private LeaseOptions leases() {
    LeaseOptions defaults =
        LeaseOptions.DEFAULT.withEarlierLeases(
            noEarlierLeases ? EarlierLeases.NONE : EarlierLeases.POSSIBLE);
    LeaseOptions timed =
        OptionRule.on(
            "--lease-ttl, --max-lease-ttl",
            () -> defaults.withTtl(defaults.shortestTtl(), maxLeaseTtl, leaseTtl));
    return OptionRule.on("--max-leases", () -> timed.withMaxLeases(maxLeases));
  }

  private SessionOptions sessions() {
    SessionOptions defaults = LeaseOptions.DEFAULT.sessions();
    SessionOptions timed =
        OptionRule.on(
            "--session-ttl, --max-session-ttl",
            () -> defaults.withTtl(defaults.shortestTtl(), maxSessionTtl, sessionTtl));
    SessionOptions bounded =
        OptionRule.on(
            "--max-sessions, --max-session-leases",
            () -> timed.withQuotas(maxSessions, maxSessionLeases));
    return OptionRule.on("--max-keep-alives", () -> bounded.withKeepAliveRate(maxKeepAlives));
  }

  private DrainOptions drains() {
    Duration longest = Comparators.max(drainPoll, DrainOptions.DEFAULT.longestPoll());
    DrainOptions timed =
        OptionRule.on(
            "--drain-poll, --drain-progress",
            () -> DrainOptions.DEFAULT.withRhythm(drainPoll, longest, drainProgress));
    return OptionRule.on("--max-drains", () -> timed.withMaxDrains(maxDrains));
  }
}
