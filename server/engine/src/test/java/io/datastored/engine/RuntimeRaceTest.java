package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.operation.Counters;
import io.datastored.operation.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant 8 with two threads that meet again and again; the orders are in {@link EvictStress}.
 */
final class RuntimeRaceTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final Path NOWHERE = Path.of("/nonexistent");

  @TempDir Path directory;

  @Test
  void lastRelease_meetsAnEvictingMode_closesTheRuntime() throws Exception {
    int rounds = 3_000;
    DatastoreRuntime runtime = new DatastoreRuntime(MAIN, NOWHERE, new Counters().claim());
    AtomicInteger turn = new AtomicInteger();
    Thread sweeper =
        new Thread(
            () -> {
              for (int round = 0; round < rounds; round++) {
                while (turn.get() != 2 * round + 1) {
                  Thread.yield();
                }
                for (int i = 0; i < (round * 7) % 64; i++) {
                  Thread.onSpinWait();
                }
                runtime.evict(true);
                turn.set(2 * round + 2);
              }
            });
    sweeper.start();
    int open = 0;
    for (int round = 0; round < rounds; round++) {
      runtime.evict(false);
      runtime.enterOrOpen(Operation.READ);
      turn.set(2 * round + 1);
      for (int i = 0; i < (round * 3) % 64; i++) {
        Thread.onSpinWait();
      }
      runtime.exit(Operation.READ);
      while (turn.get() != 2 * round + 2) {
        Thread.yield();
      }
      if (!runtime.closed()) {
        open++;
      }
    }
    sweeper.join();
    assertThat(open).as("idle, evicting and open for ever").isZero();
  }

  @Test
  void release_meetsALookup_neverTakesTheLockFileFromIt() throws IOException, InterruptedException {
    int rounds = 20_000;
    Path base = Files.createDirectory(directory.resolve("base"));
    Files.createFile(base.resolve(".lock"));
    DatastoreRuntime runtime = new DatastoreRuntime(MAIN, base, new Counters().claim());
    runtime.evict(true);
    AtomicInteger without = new AtomicInteger();
    Runnable work =
        () -> {
          for (int i = 0; i < rounds; i++) {
            runtime.enterOrOpen(Operation.READ);
            if (!runtime.holdsLockFile()) {
              without.incrementAndGet();
            }
            runtime.exit(Operation.READ);
          }
        };
    Thread other = new Thread(work);
    other.start();
    work.run();
    other.join();
    assertThat(without.get()).as("operations on a closed lock file").isZero();
    assertThat(runtime.holdsLockFile()).isFalse();
  }
}
