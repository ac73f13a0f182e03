package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.config.DatastoreName;
import io.datastored.engine.snapshot.DatastoreRuntime;
import io.datastored.engine.snapshot.Runtimes;
import io.datastored.file.StoreException;
import io.datastored.operation.LoneCounter;
import io.datastored.operation.Operation;
import io.datastored.operation.Stripe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant 8 with two threads that meet again and again; the orders are in {@link EvictStress}.
 */
final class RuntimeRaceTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final Path NOWHERE = Path.of("/nonexistent");
  private static final int ROUNDS = 3_000;

  @TempDir Path directory;

  private final ExecutorService threads = Executors.newFixedThreadPool(2);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private static void spin(int turns) {
    for (int i = 0; i < turns; i++) {
      Thread.onSpinWait();
    }
  }

  private static void await(AtomicInteger turn, int wanted) {
    while (turn.get() != wanted) {
      Thread.yield();
    }
  }

  @Test
  void lastRelease_meetsAnEvictingMode_closesTheRuntime() throws Exception {
    DatastoreRuntime runtime =
        new DatastoreRuntime(
            MAIN, NOWHERE, (name, path) -> LoneCounter.claim(), new CallersThread());
    AtomicInteger turn = new AtomicInteger();
    Future<?> sweeper =
        threads.submit(
            () -> {
              for (int round = 0; round < ROUNDS; round++) {
                await(turn, 3 * round + 1);
                turn.set(3 * round + 2);
                runtime.evict(true);
                turn.set(3 * round + 3);
              }
            });
    int open = 0;
    for (int round = 0; round < ROUNDS; round++) {
      runtime.evict(false);
      Stripe counted = LoneRuntime.enter(runtime);
      turn.set(3 * round + 1);
      // Released while the sweeper is at it, sooner or later.
      await(turn, 3 * round + 2, 3 * round + 3);
      spin(round % 64);
      runtime.exit(counted, Operation.READ);
      await(turn, 3 * round + 3);
      if (!runtime.closed()) {
        open++;
      }
    }
    Object unused = sweeper.get();
    assertThat(open).as("idle, evicting and open for ever").isZero();
  }

  private static void await(AtomicInteger turn, int wanted, int orLater) {
    while (turn.get() != wanted && turn.get() != orLater) {
      Thread.onSpinWait();
    }
  }

  @Test
  void release_meetsALookup_neverTakesTheLockFileFromIt() throws Exception {
    Path base = baseWithLockFile();
    // On another thread than the release, so that a lookup comes before what the release asked for.
    DatastoreRuntime runtime =
        new DatastoreRuntime(
            MAIN, base, (name, path) -> LoneCounter.claim(), SharedBulkheads.ALL.of(base));
    runtime.evict(true);
    CyclicBarrier together = new CyclicBarrier(2);
    Callable<Integer> worker =
        () -> {
          int without = 0;
          for (int round = 0; round < ROUNDS; round++) {
            if (round % 10 == 0) {
              int unused = together.await(60, TimeUnit.SECONDS);
            }
            Stripe counted = LoneRuntime.enter(runtime);
            spin(round % 4 == 0 ? 6_000 : round % 64);
            if (!runtime.holdsLockFile()) {
              without++;
            }
            runtime.exit(counted, Operation.READ);
          }
          return without;
        };
    Future<Integer> one = threads.submit(worker);
    Future<Integer> other = threads.submit(worker);
    assertThat(one.get() + other.get()).as("operations without their lock file").isZero();
    Awaitility.await().until(() -> !runtime.holdsLockFile());
  }

  @Test
  void lastRelease_meetsAClose_takesTheCountersAway() throws Exception {
    List<LeftCounters> counters = new ArrayList<>();
    List<Runtimes> runtimes = new ArrayList<>();
    List<DatastoreRuntime> used = new ArrayList<>();
    List<Stripe> counted = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      counters.add(new LeftCounters(LoneCounter.claim()));
      runtimes.add(new Runtimes(counters.get(round), SharedBulkheads.ALL));
      used.add(runtimes.get(round).of(MAIN, NOWHERE));
      counted.add(LoneRuntime.enter(used.get(round)));
    }
    AtomicInteger turn = new AtomicInteger(-1);
    Future<?> closer =
        threads.submit(
            () -> {
              for (int round = 0; round < ROUNDS; round++) {
                await(turn, 2 * round);
                turn.set(2 * round + 1);
                runtimes.get(round).close();
              }
            });
    for (int round = 0; round < ROUNDS; round++) {
      turn.set(2 * round);
      await(turn, 2 * round + 1);
      spin(round % 64);
      used.get(round).exit(counted.get(round), Operation.READ);
    }
    Object unused = closer.get();
    assertThat(counters.stream().filter(one -> !one.left()))
        .as("nobody works, and they stay for ever")
        .isEmpty();
  }

  @Test
  void close_thenALookupThatWasAsleep_isRefused() {
    LeftCounters counters = new LeftCounters(LoneCounter.claim());
    Runtimes runtimes = new Runtimes(counters, SharedBulkheads.ALL);
    DatastoreRuntime runtime = runtimes.of(MAIN, NOWHERE);
    runtime.exit(LoneRuntime.enter(runtime), Operation.READ);
    runtimes.close();
    assertThat(counters.left()).isTrue();
    assertThatThrownBy(() -> runtime.enterOrOpen(Operation.WRITE))
        .isInstanceOf(StoreException.class)
        .hasMessage("the engine is closed");
    assertThat(runtime.closed()).isTrue();
  }

  private Path baseWithLockFile() throws IOException {
    Path base = Files.createDirectory(directory.resolve("base"));
    Path unused = Files.createFile(base.resolve(".lock"));
    return base;
  }
}
