package io.datastored.bench.lookup;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.engine.Engine;
import io.datastored.engine.Intent;
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

/** Measures lookups while one writer commits changes as fast as the disk allows. */
@State(Scope.Group)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SwapBenchmark {

  private static final int DATASTORES = 1000;

  @SuppressWarnings("NullAway.Init") // Set by the setup method.
  private HotPathSite site;

  @SuppressWarnings("NullAway.Init") // Set by the setup method.
  private Engine engine;

  private DatastoreName read = DatastoreName.of("read");
  private DatastoreName written = DatastoreName.of("written");
  private boolean readOnly;

  /** Opens an engine with its own files. */
  @Setup
  public void open() throws Exception {
    site = HotPathSite.open(DATASTORES);
    engine = site.engine();
    read = site.name(1);
    written = site.name(2);
  }

  /** Closes the engine. */
  @TearDown
  public void close() throws IOException {
    site.close();
  }

  /** A WRITE lookup and its release; the writer changes another datastore. */
  @Benchmark
  @Group("swap")
  @GroupThreads(1)
  public void reader() {
    engine.lookup(read, Operation.WRITE).handle().close();
  }

  /** Sets or clears a mode, in turns. */
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
        Intent.COMMIT);
  }
}
