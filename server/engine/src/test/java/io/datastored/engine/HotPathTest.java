package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Invariant 1: what a lookup that finds nothing changed does not do. */
final class HotPathTest {

  private static final int DATASTORES = 1000;
  private static final int LOOKUPS = 1_000_000;

  @TempDir Path directory;

  private static DatastoreName name(int i) {
    return DatastoreName.of(String.format("s%04d", i));
  }

  private static List<DatastoreName> names() {
    List<DatastoreName> names = new ArrayList<>();
    for (int i = 0; i < DATASTORES; i++) {
      names.add(name(i));
    }
    return names;
  }

  /** How many read system calls this process has made. */
  private static long readCalls() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/io")).stream()
        .filter(line -> line.startsWith("syscr: "))
        .mapToLong(line -> Long.parseLong(line.substring("syscr: ".length())))
        .sum();
  }

  @Test
  void aMillionLookups_nothingChanged_readNothing() throws Exception {
    EngineFiles files = new EngineFiles(directory).write(EngineFixture.config(DATASTORES));
    List<DatastoreName> names = names();
    try (Engine engine = Engine.open(files.options())) {
      for (DatastoreName name : names) {
        engine.lookup(name, Operation.WRITE).handle().close();
      }
      long unused = readCalls();
      EngineCounters before = engine.counters();
      long calls = readCalls();
      for (int i = 0; i < LOOKUPS; i++) {
        engine.lookup(names.get(i % DATASTORES), Operation.WRITE).handle().close();
      }
      assertThat(readCalls() - calls).isLessThan(100);
      assertThat(engine.counters()).isEqualTo(before);
    }
  }

  @Test
  void oneChange_howeverManyThreadsLookUp_isOneReload() throws Exception {
    int threads = 16;
    try (EngineFixture fixture = EngineFixture.with(EngineFixture.config(DATASTORES))) {
      Engine engine = fixture.engine();
      ExecutorService pool = Executors.newFixedThreadPool(threads);
      try {
        for (int round = 0; round < 20; round++) {
          long before = engine.counters().reloads();
          // Committed by another process: the state is there and the doorbell has rung.
          fixture.commitElsewhere(name(round), "round " + round);
          CyclicBarrier barrier = new CyclicBarrier(threads);
          List<Future<String>> seen = new ArrayList<>();
          DatastoreName name = name(round);
          for (int t = 0; t < threads; t++) {
            seen.add(
                pool.submit(
                    () -> {
                      int unused = barrier.await();
                      try (Handle handle = engine.lookup(name, Operation.READ).handle()) {
                        return handle.datastore().settings().comment().orElse("-");
                      }
                    }));
          }
          for (Future<String> comment : seen) {
            assertThat(comment.get()).isEqualTo("round " + round);
          }
          assertThat(engine.counters().reloads()).isEqualTo(before + 1);
        }
      } finally {
        pool.shutdownNow();
      }
    }
  }

  @Test
  void oneChange_leavesTheGenerationOfTheOthersAlone() {
    try (EngineFixture fixture = EngineFixture.with(EngineFixture.config(DATASTORES))) {
      Engine engine = fixture.engine();
      WriteOutcome unused = EngineFiles.comment(engine, "s0500", "changed");
      long generation = EngineFiles.generation(engine);
      for (Datastore datastore : engine.snapshot().byName()) {
        assertThat(datastore.generation().value())
            .isEqualTo(datastore.name().equals(name(500)) ? generation : 1);
      }
    }
  }

  @Test
  void manyThreads_everyCountIsTakenBack() throws Exception {
    try (EngineFixture fixture = EngineFixture.with(EngineFixture.config(4))) {
      Engine engine = fixture.engine();
      int threads = 4;
      ExecutorService pool = Executors.newFixedThreadPool(threads);
      List<Future<?>> done = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int seed = t;
        done.add(
            pool.submit(
                () -> {
                  for (int i = 0; i < 20_000; i++) {
                    Operation operation = i % 2 == 0 ? Operation.READ : Operation.WRITE;
                    if (engine.lookup(name((i + seed) % 4), operation) instanceof Handle handle) {
                      handle.close();
                    }
                  }
                }));
      }
      for (int i = 0; i < 200; i++) {
        WriteOutcome unused = EngineFiles.comment(engine, "s000" + i % 4, "change " + i);
      }
      for (Future<?> future : done) {
        Object unused = future.get();
      }
      pool.shutdownNow();
      for (int i = 0; i < 4; i++) {
        assertThat(engine.operations(name(i))).isEqualTo(OperationCounts.NONE);
      }
    }
  }
}
