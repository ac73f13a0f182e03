package io.datastored.admin.metric;

import com.google.common.collect.HashMultiset;
import com.google.common.collect.Multiset;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.engine.Engine;
import io.datastored.engine.health.EditDetection;
import io.datastored.engine.health.TroubleCause;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/**
 * Engine metrics are about what is served and what is wrong. Thread-safe. Troubles of datastores in
 * a mode are marked as planned, so that planned work alarms nobody.
 */
record EngineMetrics(Engine engine, InstantSource wallClock) {

  void addTo(Readers readers) {
    readers.value(Metric.GENERATION, () -> engine.snapshot().generation());
    readers.value(Metric.STALLED, () -> engine.tasks().stalledNow().size());
    readers.add(Metric.TROUBLES, this::troubles);
    readers.add(Metric.DATASTORES, this::datastores);
    readers.add(Metric.EXPECTED_END, this::expectedEnds);
    readers.add(Metric.OVERDUE, this::overdue);
    readers.add(Metric.NOT_MOUNTED, this::notMounted);
    readers.value(
        Metric.CONFIG_FAULTS,
        () -> engine.snapshot().fileFaults().size() + engine.snapshot().sectionFaults().size());
    readers.value(Metric.LOOKS, () -> engine.counters().loads());
    readers.value(Metric.COMMITS, () -> engine.counters().commits());
    readers.add(
        Metric.RELOADS,
        sample ->
            engine.counters().causes().forEach((cause, count) -> sample.set(count, cause.word())));
    readers.add(
        Metric.EDITS,
        sample -> engine.editsFound().forEach((way, count) -> sample.set(count, word(way))));
    readers.add(
        Metric.EDIT_DETECTION,
        sample ->
            engine
                .editDetection()
                .map(EditDetection::way)
                .ifPresent(way -> sample.set(1, word(way))));
    readers.add(Metric.COMMIT_TIME, this::commitTime);
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private void commitTime(Sample sample) {
    engine
        .counters()
        .commitTimes()
        .forEach((part, spent) -> sample.set(seconds(spent), part.word()));
  }

  static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  private void troubles(Sample sample) {
    Snapshot snapshot = engine.snapshot();
    for (TroubleCause cause : TroubleCause.values()) {
      int planned = 0;
      int others = engine.troubles().ofServer(cause).isPresent() ? 1 : 0;
      for (DatastoreName name : engine.troubles().datastoresWith(cause)) {
        if (snapshot.find(name).filter(this::isPlanned).isPresent()) {
          planned++;
        } else {
          others++;
        }
      }
      sample.set(others, word(cause), "false");
      sample.set(planned, word(cause), "true");
    }
  }

  private boolean isPlanned(Datastore datastore) {
    return datastore.maintenance().mode() != MaintenanceMode.NONE && !isOverdue(datastore);
  }

  private boolean isOverdue(Datastore datastore) {
    return datastore.maintenance().isOverdue(wallClock.instant());
  }

  private void datastores(Sample sample) {
    Multiset<MaintenanceMode> modes = HashMultiset.create();
    engine.snapshot().byName().forEach(datastore -> modes.add(datastore.maintenance().mode()));
    for (MaintenanceMode mode : MaintenanceMode.values()) {
      sample.set(modes.count(mode), mode.word());
    }
  }

  private void expectedEnds(Sample sample) {
    for (MaintenanceMode mode : MaintenanceMode.values()) {
      Optional<Instant> latest =
          engine.snapshot().byName().stream()
              .filter(datastore -> datastore.maintenance().mode() == mode)
              .flatMap(datastore -> datastore.maintenance().expectedEnd().stream())
              .max(Comparator.naturalOrder());
      latest.ifPresent(end -> sample.set(end.getEpochSecond(), mode.word()));
    }
  }

  private void overdue(Sample sample) {
    Multiset<MaintenanceMode> overdue = HashMultiset.create();
    engine.snapshot().byName().stream()
        .filter(this::isOverdue)
        .forEach(datastore -> overdue.add(datastore.maintenance().mode()));
    for (MaintenanceMode mode : MaintenanceMode.values()) {
      if (mode != MaintenanceMode.NONE) {
        sample.set(overdue.count(mode), mode.word());
      }
    }
  }

  private void notMounted(Sample sample) {
    int planned = 0;
    int others = 0;
    for (Datastore datastore : engine.snapshot().byName()) {
      if (!datastore.mountState().usable()) {
        if (isPlanned(datastore)) {
          planned++;
        } else {
          others++;
        }
      }
    }
    sample.set(others, "false");
    sample.set(planned, "true");
  }
}
