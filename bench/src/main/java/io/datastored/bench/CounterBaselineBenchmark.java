package io.datastored.bench;

import static java.util.Objects.requireNonNull;

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
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a lookup is measured against: one {@link ConcurrentHashMap#get} and two {@link LongAdder}
 * adds, among 1000 names.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CounterBaselineBenchmark {

  private static final int DATASTORES = 1000;

  private final ConcurrentHashMap<String, LongAdder> counters = new ConcurrentHashMap<>();
  private final String name = "store-" + DATASTORES / 2;

  @Setup
  public void fill() {
    for (int i = 0; i < DATASTORES; i++) {
      counters.put("store-" + i, new LongAdder());
    }
  }

  @Benchmark
  public LongAdder baseline() {
    LongAdder counter = requireNonNull(counters.get(name));
    counter.increment();
    counter.decrement();
    return counter;
  }
}
