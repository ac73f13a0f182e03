package io.datastored.admin.metric;

import com.google.common.base.Ascii;
import io.datastored.access.Shares;
import io.datastored.drain.BlockerSummary;
import io.datastored.drain.DrainObservation;
import io.datastored.engine.snapshot.Maintenance;
import io.datastored.lease.LiveSession;
import io.datastored.service.stream.OpenWatch;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Client metrics are about calls, leases, sessions, watches and drains. Thread-safe. */
record ClientMetrics(MetricSources sources) {

  void addTo(Readers readers) {
    readers.add(Metric.BUILD, sample -> sample.set(1, sources.life().version()));
    readers.value(
        Metric.RECOVERY,
        () -> EngineMetrics.seconds(sources.leases().recovery().left().orElse(Duration.ZERO)));
    readers.add(
        Metric.CERTIFICATE,
        sample ->
            sources.life().certificateExpires().ifPresent(end -> sample.set(end.getEpochSecond())));
    readers.add(
        Metric.CALLS,
        sample ->
            sources
                .services()
                .calls()
                .each((method, code, reason, count) -> sample.set(count, method, code, reason)));
    readers.add(
        Metric.SLOW_CALLS,
        sample -> sources.services().slow().each((method, count) -> sample.set(count, method)));
    readers.value(Metric.PROMISED, () -> EngineMetrics.seconds(sources.leases().longestPromise()));
    readers.value(Metric.LEASES, () -> sources.leases().counted().live());
    readers.value(Metric.SESSIONS, () -> sources.leases().sessions().live());
    readers.value(Metric.SESSION_LAG, () -> EngineMetrics.seconds(worstSession()));
    readers.value(Metric.WATCHERS, () -> sources.services().watches().count());
    readers.value(Metric.WATCH_LAG, () -> EngineMetrics.seconds(worstWatch()));
    readers.value(Metric.WATCH_BYTES, () -> sources.services().watches().bytesOnTheWay());
    readers.value(Metric.WATCH_MESSAGES, () -> sources.services().watches().messagesSent());
    readers.value(Metric.DRAINS, () -> sources.services().drains().count());
    readers.value(
        Metric.DRAIN_AGE, () -> EngineMetrics.seconds(sources.services().drains().oldest()));
    readers.add(
        Metric.DRAINS_ENDED,
        sample ->
            sources
                .services()
                .drains()
                .ended()
                .forEach((state, count) -> sample.set(count, Ascii.toLowerCase(state))));
    readers.add(Metric.DRAIN_BLOCKERS, this::blockers);
    readers.add(
        Metric.LIMITS,
        sample -> limits((shares, name) -> sample.set(shares.limit().value(), name)));
    readers.add(
        Metric.LIMIT_TAKEN, sample -> limits((shares, name) -> sample.set(shares.taken(), name)));
    readers.add(
        Metric.LIMIT_LARGEST,
        sample -> limits((shares, name) -> sample.set(largest(shares), name)));
    readers.value(Metric.PROBES_HUNG, () -> sources.probes().hung());
  }

  private Duration worstSession() {
    return sources.leases().liveSessions().list(session -> true, Optional.empty(), 1).stream()
        .findFirst()
        .map(LiveSession::lag)
        .orElse(Duration.ZERO);
  }

  private Duration worstWatch() {
    return sources.services().watches().slowest(1).stream()
        .findFirst()
        .map(OpenWatch::lag)
        .orElse(Duration.ZERO);
  }

  private void blockers(Sample sample) {
    Map<List<String>, long[]> sums = new HashMap<>();
    for (DrainObservation seen : sources.services().drains().seen()) {
      BlockerSummary in = seen.inTheWay();
      long[] sum =
          sums.computeIfAbsent(
              List.of(seen.maintenance().mode().word(), end(seen.maintenance())),
              labels -> new long[5]);
      sum[0] += in.operations().read() + in.operations().write();
      sum[1] += in.leases() + in.forcedLeases();
      sum[2] += in.processes().size();
      sum[3] += in.sessions();
      sum[4] += in.unseen().awaited().isPresent() ? 1 : 0;
    }
    sums.forEach(
        (labels, sum) -> {
          String mode = labels.get(0);
          String end = labels.get(1);
          sample.set(sum[0], mode, "operations", end);
          sample.set(sum[1], mode, "leases", end);
          sample.set(sum[2], mode, "processes", end);
          sample.set(sum[3], mode, "sessions", end);
          sample.set(sum[4], mode, "unseen", end);
        });
  }

  /** Whether the operator expects to wait at this time. */
  private String end(Maintenance maintenance) {
    if (maintenance.expectedEnd().isEmpty()) {
      return "unknown";
    }
    return maintenance.isOverdue(sources.wallClock().instant()) ? "passed" : "ahead";
  }

  private void limits(BiConsumer<Shares, String> each) {
    sources.services().limits().forEach(shares -> each.accept(shares, shares.limit().name()));
  }

  private static long largest(Shares shares) {
    return shares.greatest(1).stream().mapToLong(Shares.Taker::places).findFirst().orElse(0);
  }
}
