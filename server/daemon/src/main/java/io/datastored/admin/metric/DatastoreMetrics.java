package io.datastored.admin.metric;

import com.google.common.collect.ImmutableList;
import io.datastored.config.MaintenanceMode;
import io.datastored.engine.LiveProcesses;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.operation.OperationCounts;
import io.datastored.probe.Measurement;
import io.datastored.probe.Space;
import io.datastored.probe.Target;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Datastore metrics are about single datastores: as many as the options say, those in a maintenance
 * mode first, then by name. Thread-safe.
 */
record DatastoreMetrics(MetricSources sources) {

  void addTo(Readers readers) {
    readers.add(
        Metric.DATASTORE_MODE,
        sample ->
            shown()
                .forEach(
                    each -> sample.set(1, each.name().value(), each.maintenance().mode().word())));
    readers.add(
        Metric.DATASTORE_END,
        sample ->
            shown()
                .forEach(
                    each ->
                        each.maintenance()
                            .expectedEnd()
                            .ifPresent(
                                end -> sample.set(end.getEpochSecond(), each.name().value()))));
    readers.add(
        Metric.DATASTORE_LEASES,
        sample ->
            shown()
                .forEach(
                    each ->
                        sample.set(
                            sources.leases().counted().live(each.name()), each.name().value())));
    readers.add(Metric.DATASTORE_OPERATIONS, this::operations);
    readers.add(Metric.DATASTORE_SIZE, sample -> space(sample, Space::total));
    readers.add(Metric.DATASTORE_AVAILABLE, sample -> space(sample, Space::available));
    readers.value(
        Metric.SERIES_OMITTED,
        () -> Math.max(0, sources.engine().snapshot().byName().size() - sources.perDatastore()));
  }

  private List<Datastore> shown() {
    int most = sources.perDatastore();
    ImmutableList<Datastore> all = sources.engine().snapshot().byName();
    if (all.size() <= most || most == 0) {
      return all.subList(0, Math.min(most, all.size()));
    }
    return all.stream()
        .sorted(
            (one, other) ->
                Boolean.compare(
                    one.maintenance().mode() == MaintenanceMode.NONE,
                    other.maintenance().mode() == MaintenanceMode.NONE))
        .limit(most)
        .toList();
  }

  private void operations(Sample sample) {
    List<Datastore> shown = shown();
    if (shown.isEmpty()) {
      return;
    }
    LiveProcesses alive = sources.engine().census();
    for (Datastore each : shown) {
      OperationCounts counts = alive.counts(each.name());
      sample.set(counts.read(), each.name().value(), "read");
      sample.set(counts.write(), each.name().value(), "write");
    }
  }

  /** What is known; a scrape measures nothing, but has what is old measured again. */
  private void space(Sample sample, ToDoubleFunction<Space> value) {
    List<Datastore> shown = shown();
    sources.probes().refresh(shown.stream().map(Target::of).toList());
    for (Datastore each : shown) {
      Optional<Measurement> known = sources.probes().reading(Target.of(each)).measurement();
      known.ifPresent(found -> sample.set(value.applyAsDouble(found.space()), each.name().value()));
    }
  }
}
