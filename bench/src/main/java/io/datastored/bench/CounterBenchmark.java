package io.datastored.bench;

import static java.util.Objects.requireNonNull;

import io.datastored.config.DatastoreName;
import io.datastored.operation.Counter;
import io.datastored.operation.LocalCounters;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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
import org.openjdk.jmh.annotations.Warmup;

/** Compares entering and exiting the striped counter of one datastore with other counters. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CounterBenchmark {

  private final Counter counter =
      new LocalCounters("bench").claim(DatastoreName.of("store"), Path.of("/srv/store"));
  private final LongAdder adder = new LongAdder();
  private final AtomicLong atomic = new AtomicLong();

  /** Opens the counter, which is closed when it is created. */
  @Setup
  public void open() {
    counter.open();
  }

  /** Enters and exits once. */
  @Benchmark
  public boolean enterAndExit() {
    return requireNonNull(counter.enter(Operation.WRITE)).exit(Operation.WRITE);
  }

  /** Reads the counts, as a drain does. */
  @Benchmark
  public OperationCounts counts() {
    return counter.counts();
  }

  /** Two adds of a counter that cannot be closed. */
  @Benchmark
  public void longAdder() {
    adder.increment();
    adder.decrement();
  }

  /** Two adds of one word on the heap. */
  @Benchmark
  public long atomicLong() {
    return atomic.getAndIncrement() + atomic.getAndDecrement();
  }
}
