package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class HandleTest {

  private static final DatastoreName NAME = DatastoreName.of("s0000");

  @ParameterizedTest
  @EnumSource(Operation.class)
  void close_again_releasesNothingMore(Operation operation) {
    try (EngineFixture fixture = EngineFixture.with(EngineFixture.config(1))) {
      Engine engine = fixture.engine();
      try (Handle other = engine.lookup(NAME, Operation.WRITE).handle()) {
        Handle handle = engine.lookup(NAME, operation).handle();
        assertThat(handle.toString()).doesNotContain("closed");
        handle.close();
        handle.close();
        assertThat(handle.toString()).contains(operation.counted() ? "closed" : "LOOKUP");
        assertThat(engine.operations(NAME)).isEqualTo(new OperationCounts(0, 1));
        assertThat(other.datastore().name()).isEqualTo(NAME);
      }
      assertThat(engine.operations(NAME)).isEqualTo(OperationCounts.NONE);
    }
  }

  /** The interleaving that the exchange prevents: both find it open, and both release. */
  @Test
  void close_byTwoThreadsAtOnce_releasesOnce() throws Exception {
    try (EngineFixture fixture = EngineFixture.with(EngineFixture.config(1))) {
      Engine engine = fixture.engine();
      ExecutorService pool = Executors.newFixedThreadPool(2);
      CyclicBarrier together = new CyclicBarrier(2);
      Handle kept = engine.lookup(NAME, Operation.READ).handle();
      for (int round = 0; round < 2000; round++) {
        Handle handle = engine.lookup(NAME, Operation.READ).handle();
        List<Future<?>> closed = new ArrayList<>();
        for (int t = 0; t < 2; t++) {
          closed.add(
              pool.submit(
                  () -> {
                    int unused = together.await();
                    handle.close();
                    return null;
                  }));
        }
        for (Future<?> one : closed) {
          Object unused = one.get();
        }
        assertThat(engine.operations(NAME)).isEqualTo(new OperationCounts(1, 0));
      }
      kept.close();
      pool.shutdownNow();
    }
  }
}
