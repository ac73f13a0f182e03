package io.datastored.cli.flag;

import static io.datastored.cli.flag.OptionRules.DEFAULTS;

import com.google.common.collect.Comparators;
import io.datastored.promise.EarlierLeases;
import java.time.Duration;
import picocli.CommandLine.Option;

/** The flags of {@code serve} that limit what its clients may cost. Confined to one thread. */
public final class LimitFlags {

  @Option(
      names = "--lease-ttl",
      paramLabel = "DURATION",
      description = "Default ttl of a lease (default: ${DEFAULT-VALUE}).")
  Duration leaseTtl = DEFAULTS.leases().defaultTtl();

  @Option(
      names = "--max-lease-ttl",
      paramLabel = "DURATION",
      description = "Maximum ttl of a lease (default: ${DEFAULT-VALUE}).")
  Duration maxLeaseTtl = DEFAULTS.leases().longestTtl();

  @Option(
      names = "--max-leases",
      paramLabel = "COUNT",
      description = "Maximum number of leases (default: ${DEFAULT-VALUE}).")
  long maxLeases = DEFAULTS.leases().maxLeases();

  @Option(
      names = "--session-ttl",
      paramLabel = "DURATION",
      description = "Default ttl of a session (default: ${DEFAULT-VALUE}).")
  Duration sessionTtl = DEFAULTS.leases().sessions().defaultTtl();

  @Option(
      names = "--max-session-ttl",
      paramLabel = "DURATION",
      description =
          "Maximum ttl of a session, also under load. A client that dies delays a drain by"
              + " its ttl (default: ${DEFAULT-VALUE}).")
  Duration maxSessionTtl = DEFAULTS.leases().sessions().longestTtl();

  @Option(
      names = "--max-sessions",
      paramLabel = "COUNT",
      description = "Maximum number of sessions (default: ${DEFAULT-VALUE}).")
  long maxSessions = DEFAULTS.leases().sessions().maxSessions();

  @Option(
      names = "--max-session-leases",
      paramLabel = "COUNT",
      description = "Maximum number of leases of one session (default: ${DEFAULT-VALUE}).")
  long maxSessionLeases = DEFAULTS.leases().sessions().maxLeases();

  @Option(
      names = "--max-keep-alives",
      paramLabel = "COUNT",
      description =
          "KeepAlives per second; with more sessions their ttls grow (default: ${DEFAULT-VALUE}).")
  long maxKeepAlives = DEFAULTS.leases().sessions().keepAliveRate();

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
      description = "Maximum number of open watches (default: ${DEFAULT-VALUE}).")
  int maxWatchers = DEFAULTS.watches().watchers();

  @Option(
      names = "--max-watch-buffer",
      paramLabel = "BYTES",
      description =
          "Maximum bytes of frames that watching clients have not read yet; later changes wait and are merged"
              + " (default: ${DEFAULT-VALUE}).")
  long maxWatchBuffer = DEFAULTS.watches().bytes();

  @Option(
      names = "--drain-poll",
      paramLabel = "DURATION",
      description = {
        "How often a new drain checks the counters (default: ${DEFAULT-VALUE}).",
        "A drain that has waited for long checks every 250ms, or at this interval if it is longer."
      })
  Duration drainPoll = DEFAULTS.drains().poll();

  @Option(
      names = "--drain-progress",
      paramLabel = "DURATION",
      description =
          "How often a drain reports its blockers while nothing changes (default: ${DEFAULT-VALUE}).")
  Duration drainProgress = DEFAULTS.drains().progress();

  @Option(
      names = "--max-drains",
      paramLabel = "COUNT",
      description = "Maximum number of open drains (default: ${DEFAULT-VALUE}).")
  int maxDrains = DEFAULTS.drains().maxDrains();

  @Option(
      names = "--max-calls",
      paramLabel = "COUNT",
      description =
          "Maximum number of calls in flight, without open watches and drains"
              + " (default: ${DEFAULT-VALUE}).")
  int maxCalls = DEFAULTS.calls().inFlight();

  @Option(
      names = "--max-disk-calls",
      paramLabel = "COUNT",
      description =
          "Maximum number of calls that run or wait on threads which may touch a disk"
              + " (default: ${DEFAULT-VALUE}).")
  int maxDiskCalls = DEFAULTS.calls().onDisk();

  @Option(
      names = "--max-answer-buffer",
      paramLabel = "BYTES",
      description =
          "Maximum bytes of lists and states that clients have not read yet"
              + " (default: ${DEFAULT-VALUE}).")
  long maxAnswerBuffer = DEFAULTS.calls().unread();

  @Option(
      names = "--max-share",
      paramLabel = "PERCENT",
      description =
          "How much of each limit one principal may have, 1 to 100 (default: ${DEFAULT-VALUE}).")
  int maxShare = DEFAULTS.leases().share();

  public void applyTo(OptionRules options) {
    options
        .set(
            "--max-share",
            to -> {
              to.leases.share = maxShare;
              to.watches.share = maxShare;
              to.drains.share = maxShare;
              to.calls.share = maxShare;
            })
        .set(
            "--lease-ttl, --max-lease-ttl",
            to -> {
              to.leases.defaultTtl = leaseTtl;
              to.leases.longestTtl = maxLeaseTtl;
            })
        .set("--max-leases", to -> to.leases.maxLeases = maxLeases)
        .set(
            "--no-earlier-leases",
            to ->
                to.leases.earlierLeases =
                    noEarlierLeases ? EarlierLeases.NONE : EarlierLeases.POSSIBLE)
        .set(
            "--session-ttl, --max-session-ttl",
            to -> {
              to.leases.sessions.defaultTtl = sessionTtl;
              to.leases.sessions.longestTtl = maxSessionTtl;
            })
        .set("--max-sessions", to -> to.leases.sessions.maxSessions = maxSessions)
        .set("--max-session-leases", to -> to.leases.sessions.maxLeases = maxSessionLeases)
        .set("--max-keep-alives", to -> to.leases.sessions.keepAliveRate = maxKeepAlives)
        .set("--max-watchers", to -> to.watches.watchers = maxWatchers)
        .set("--max-watch-buffer", to -> to.watches.bytes = maxWatchBuffer)
        .set(
            "--drain-poll, --drain-progress",
            to -> {
              to.drains.poll = drainPoll;
              to.drains.longestPoll = Comparators.max(drainPoll, to.drains.longestPoll);
              to.drains.progress = drainProgress;
            })
        .set("--max-calls", to -> to.calls.inFlight = maxCalls)
        .set("--max-disk-calls", to -> to.calls.onDisk = maxDiskCalls)
        .set("--max-answer-buffer", to -> to.calls.unread = maxAnswerBuffer)
        .set("--max-drains", to -> to.drains.maxDrains = maxDrains);
  }
}
