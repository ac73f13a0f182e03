package io.datastored.admin.metric;

import com.google.common.collect.ImmutableMap;
import io.datastored.engine.Engine;
import io.datastored.history.Generation;
import io.datastored.promise.Replica;
import io.datastored.promise.Replica.Presence;
import io.datastored.promise.ReplicaFigures;
import io.datastored.promise.Replicas;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * Replica metrics are about the servers that share a history. Thread-safe. What an alert is made of
 * is there for a server that is alone, too, so that its absence means that nothing was scraped.
 */
record ReplicaMetrics(Replicas replicas, Engine engine) {

  void addTo(Readers readers) {
    readers.value(
        Metric.REPLICA_UNCONFIRMED,
        () -> EngineMetrics.seconds(replicas.unconfirmed().orElse(Duration.ZERO)));
    readers.value(
        Metric.REPLICA_SILENT,
        () ->
            replicas.all().stream()
                .filter(replica -> replica.state() == Replica.State.SILENT)
                .count());
    readers.value(Metric.REPLICA_LAG, this::lag);
    seconds(readers, Metric.REPLICA_AUTHORITY, ReplicaFigures::authority);
    seconds(readers, Metric.REPLICA_PULSE, ReplicaFigures::pulse);
    counts(readers, Metric.REPLICA_LIVES, ReplicaFigures::lives);
    counts(readers, Metric.REPLICA_RELOADS, ReplicaFigures::reloads);
    counts(readers, Metric.REPLICA_COMMITS, ReplicaFigures::commits);
    counts(readers, Metric.REPLICA_TAKE_OVERS, ReplicaFigures::takeOvers);
    counts(readers, Metric.REPLICA_SEALS, ReplicaFigures::seals);
  }

  private double lag() {
    long furthest =
        replicas.all().stream()
            .map(Replica::presence)
            .flatMap(Optional::stream)
            .map(Presence::applied)
            .flatMap(Optional::stream)
            .mapToLong(Generation::value)
            .max()
            .orElse(0);
    return Math.max(0, furthest - engine.snapshot().generation());
  }

  private void seconds(Readers readers, Metric metric, Function<ReplicaFigures, Duration> figure) {
    readers.add(
        metric,
        sample ->
            replicas
                .figures()
                .map(figure)
                .ifPresent(time -> sample.set(EngineMetrics.seconds(time))));
  }

  private void counts(
      Readers readers, Metric metric, Function<ReplicaFigures, ImmutableMap<String, Long>> figure) {
    readers.add(
        metric,
        sample ->
            replicas
                .figures()
                .map(figure)
                .ifPresent(counts -> counts.forEach((kind, count) -> sample.set(count, kind))));
  }
}
