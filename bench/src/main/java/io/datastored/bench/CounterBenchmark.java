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

/** Counting in and out on the stripes of one datastore, against what else counts. */
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

  /** A counter begins closed. */
  @Setup
  public void open() {
    counter.open();
  }

  /** In and out. */
  @Benchmark
  public boolean enterAndExit() {
    return requireNonNull(counter.enter(Operation.WRITE)).exit(Operation.WRITE);
  }

  /** What a drain does. */
  @Benchmark
  public OperationCounts counts() {
    return counter.counts();
  }

  /** Two adds that nobody can close. */
  @Benchmark
  public void longAdder() {
    adder.increment();
    adder.decrement();
  }

  /** Two adds on one word of the heap. */
  @Benchmark
  public long atomicLong() {
    return atomic.getAndIncrement() + atomic.getAndDecrement();
  }
}
