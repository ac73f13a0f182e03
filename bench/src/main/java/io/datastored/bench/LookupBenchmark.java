package io.datastored.bench;

import static java.util.Objects.requireNonNull;

import io.datastored.config.DatastoreName;
import io.datastored.engine.Engine;
import io.datastored.engine.EngineOptions;
import io.datastored.operation.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Compares lookup and release among 1000 datastores, with the shared page of a state directory,
 * with the baseline: one {@link ConcurrentHashMap#get} and two {@link LongAdder} adds.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LookupBenchmark {

  private static final int DATASTORES = 1000;

  private final ConcurrentHashMap<String, LongAdder> counters = new ConcurrentHashMap<>();
  private final String key = "store-" + DATASTORES / 2;
  private final DatastoreName name = DatastoreName.of(key);

  private Path directory = Path.of("");

  @SuppressWarnings("NullAway.Init") // Set by the setup method.
  private Engine engine;

  /** Opens an engine with its own files. */
  @Setup
  public void open() throws Exception {
    directory = Files.createTempDirectory("datastored-bench");
    StringBuilder config = new StringBuilder();
    for (int i = 0; i < DATASTORES; i++) {
      counters.put("store-" + i, new LongAdder());
      config.append("datastore: store-").append(i);
      config.append("\n\tpath /srv/store-").append(i).append("\n\n");
    }
    Path file = Files.writeString(directory.resolve("datastore.cfg"), config);
    engine = Engine.open(EngineOptions.of(file, directory.resolve("state")));
  }

  /** Closes the engine and removes its files. */
  @TearDown
  public void close() throws IOException {
    engine.close();
    DeleteTree.of(directory);
  }

  /** The baseline. */
  @Benchmark
  public LongAdder baseline() {
    LongAdder counter = requireNonNull(counters.get(key));
    counter.increment();
    counter.decrement();
    return counter;
  }

  /** A WRITE lookup and its release. */
  @Benchmark
  public void lookupAndRelease() {
    engine.lookup(name, Operation.WRITE).handle().close();
  }

  /** A LOOKUP. */
  @Benchmark
  public Object question() {
    return engine.lookup(name, Operation.LOOKUP);
  }
}
