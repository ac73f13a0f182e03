package io.datastored.bench.lookup;

import io.datastored.access.Access;
import io.datastored.access.Identity;
import io.datastored.access.Rules;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.engine.Engine;
import io.datastored.engine.Intent;
import io.datastored.engine.MaintenanceChange;
import io.datastored.engine.WriteOutcome;
import io.datastored.service.Services;
import io.datastored.watch.Selection;
import io.datastored.watch.SharedFrame;
import io.datastored.watch.View;
import io.datastored.watch.WatchFeed;
import io.datastored.watch.WatchLimits;
import io.datastored.watch.WatchRequest;
import io.datastored.watch.Watcher;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Measures computing and encoding the changes that a watcher of 1,000 datastores has missed. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class WatchMergeBenchmark {

  private static final int DATASTORES = 1000;

  /** The number of datastores that have changed. */
  @Param({"1", "100"})
  private int missed;

  @SuppressWarnings("NullAway.Init") // Set by the setup method.
  private HotPathSite site;

  @SuppressWarnings("NullAway.Init") // Set by the setup method.
  private Watcher watcher;

  /** Opens an engine and a watcher whose cursor is before the changes. */
  @Setup
  public void open() throws Exception {
    site = HotPathSite.open(DATASTORES);
    Engine engine = site.engine();
    Access access = Access.by(Rules.open());
    WatchFeed feed =
        new WatchFeed(
            engine::snapshot,
            Services.frames(),
            Runnable::run,
            new WatchLimits.Builder().build(),
            access);
    engine.addListener(feed);
    watcher =
        feed.open(
                new WatchRequest(
                    access.subject(Identity.ANONYMOUS),
                    Selection.everything(),
                    View.BASIC,
                    Optional.of(engine.snapshot().revision()),
                    Duration.ofSeconds(10)),
                0,
                () -> {})
            .orElseThrow();
    for (int i = 0; i < missed; i++) {
      WriteOutcome unused =
          engine.setMaintenance(
              new MaintenanceChange(
                  site.name(i),
                  MaintenanceSetting.of(MaintenanceMode.READ_ONLY),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty()),
              Intent.COMMIT);
    }
  }

  /** Closes the engine. */
  @TearDown
  public void close() throws IOException {
    site.close();
  }

  /**
   * Encodes the change; a bookmark first drops the shared frames, which would otherwise be reused.
   */
  @Benchmark
  public Optional<byte[]> merge() {
    SharedFrame unused = watcher.bookmark();
    return watcher.next().orElseThrow().part(0);
  }
}
