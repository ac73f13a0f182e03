package io.datastored.bench.lookup;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.engine.Engine;
import io.datastored.engine.MaintenanceChange;
import io.datastored.engine.WriteOutcome;
import io.datastored.operation.Operation;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.GroupThreads;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Lookups while one writer commits change after change, as fast as the disk lets it. */
@State(Scope.Group)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SwapBenchmark {

  private static final int DATASTORES = 1000;

  @SuppressWarnings("NullAway.Init") // by the set-up
  private HotPathSite site;

  @SuppressWarnings("NullAway.Init") // by the set-up
  private Engine engine;

  private DatastoreName read = DatastoreName.of("read");
  private DatastoreName written = DatastoreName.of("written");
  private boolean readOnly;

  /** Opens an engine on files of its own. */
  @Setup
  public void open() throws Exception {
    site = HotPathSite.open(DATASTORES);
    engine = site.engine();
    read = site.name(1);
    written = site.name(2);
  }

  /** Closes it. */
  @TearDown
  public void close() throws IOException {
    site.close();
  }

  /** Asks to write, and releases; the changes are of another datastore. */
  @Benchmark
  @Group("swap")
  @GroupThreads(1)
  public void reader() {
    engine.lookup(read, Operation.WRITE).handle().close();
  }

  /** Sets and clears a mode. */
  @Benchmark
  @Group("swap")
  @GroupThreads(1)
  public WriteOutcome writer() {
    readOnly = !readOnly;
    return engine.setMaintenance(
        new MaintenanceChange(
            written,
            MaintenanceSetting.of(readOnly ? MaintenanceMode.READ_ONLY : MaintenanceMode.NONE),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        Engine.Intent.COMMIT);
  }
}
