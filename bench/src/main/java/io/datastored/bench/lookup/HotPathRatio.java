package io.datastored.bench.lookup;

import static java.util.Objects.requireNonNull;

import io.datastored.bench.Facts;
import io.datastored.bench.Spread;
import io.datastored.config.DatastoreName;
import io.datastored.engine.Engine;
import io.datastored.operation.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.LongAdder;

/**
 * Measures the ratio of lookup and release to the baseline, by many short slices of both in turns.
 * Confined to its thread. A slice is shorter than a time slice of the scheduler, and the fastest
 * slices are compared, so other work on the machine has little effect. JMH measures absolute times
 * on an idle machine ({@link io.datastored.bench.LookupBenchmark}); this measures the ratio on any
 * machine.
 */
final class HotPathRatio {

  private static final int DATASTORES = 1000;
  private static final int OPERATIONS = 10_000;

  /** The percentage of slices, the fastest ones, that are used; the others were disturbed. */
  private static final int UNDISTURBED_PERCENT = 20;

  private final ConcurrentHashMap<String, LongAdder> counters = new ConcurrentHashMap<>();
  private final String key;
  private final DatastoreName name;
  private final Engine engine;

  private HotPathRatio(HotPathSite site) {
    this.engine = site.engine();
    this.name = site.name(DATASTORES / 2);
    this.key = name.value();
    for (int i = 0; i < DATASTORES; i++) {
      counters.put(site.name(i).value(), new LongAdder());
    }
  }

  private void yardstick() {
    for (int i = 0; i < OPERATIONS; i++) {
      LongAdder counter = requireNonNull(counters.get(key));
      counter.increment();
      counter.decrement();
    }
  }

  private void lookups() {
    for (int i = 0; i < OPERATIONS; i++) {
      engine.lookup(name, Operation.WRITE).handle().close();
    }
  }

  /** The time of one operation in an undisturbed slice of all threads, in nanoseconds. */
  private double undisturbed(double[] slices) {
    Arrays.sort(slices);
    return slices[slices.length * UNDISTURBED_PERCENT / 200];
  }

  private Spread measure(int threads, int runs, int slices) throws Exception {
    List<Double> ratios = new ArrayList<>();
    List<Double> ours = new ArrayList<>();
    for (int run = -1; run < runs; run++) {
      double[] yardsticks = slices(this::yardstick, threads, slices);
      double[] lookups = slices(this::lookups, threads, slices);
      if (run >= 0) {
        ours.add(undisturbed(lookups));
        ratios.add(undisturbed(lookups) / undisturbed(yardsticks));
      }
    }
    Spread ratio = Spread.of(ratios);
    System.out.printf("| %d | %s | %s× |%n", threads, Spread.of(ours).cell(), ratio.cell());
    Facts.tell("hotpath.threads." + threads, ratio);
    return ratio;
  }

  /**
   * Measures slices that all threads start together; the time of a slice is that of its slowest
   * thread.
   */
  private static double[] slices(Runnable slice, int threads, int count) throws Exception {
    double[][] nanos = new double[threads][count];
    CyclicBarrier together = new CyclicBarrier(threads);
    List<Thread> others = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      double[] own = nanos[t];
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < count; i++) {
                  await(together);
                  long begun = System.nanoTime();
                  slice.run();
                  own[i] = (double) (System.nanoTime() - begun) / OPERATIONS;
                }
              });
      thread.start();
      others.add(thread);
    }
    for (Thread other : others) {
      other.join();
    }
    double[] slowest = new double[count];
    for (int i = 0; i < count; i++) {
      for (double[] own : nanos) {
        slowest[i] = Math.max(slowest[i], own[i]);
      }
    }
    return slowest;
  }

  private static void await(CyclicBarrier together) {
    try {
      int unused = together.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * @param args {@code --short} for fewer runs
   */
  public static void main(String[] args) throws Exception {
    boolean isShort = List.of(args).contains("--short");
    try (HotPathSite site = HotPathSite.open(DATASTORES)) {
      HotPathRatio ratio = new HotPathRatio(site);
      System.out.println("| threads | lookup and release, ns | of the yardstick |");
      System.out.println("| ---: | ---: | ---: |");
      for (int threads = 1; threads <= 2; threads++) {
        Spread unused = ratio.measure(threads, isShort ? 3 : 7, 400);
      }
    }
  }
}
