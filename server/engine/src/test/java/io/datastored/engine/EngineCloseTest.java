package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.config.DatastoreName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an engine leaves behind when it is closed, or could not be opened. */
final class EngineCloseTest {

  private static final String CONFIG = "datastore: main\n\tcomment first\n\tpath /srv/main\n";

  @TempDir Path directory;

  @Test
  void close_whileAWriteCommits_waitsForItWithTheLockHeld() throws Exception {
    EngineFiles files = new EngineFiles(directory).write(CONFIG);
    Engine engine = Engine.open(files.options());
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<WriteOutcome> write =
        CompletableFuture.supplyAsync(
            () ->
                engine.update(
                    DatastoreName.of("main"),
                    Optional.empty(),
                    settings -> {
                      writing.countDown();
                      awaitQuietly(go);
                      return settings.toBuilder().comment(Optional.of("second")).build();
                    },
                    Intent.COMMIT));
    writing.await();
    Thread closer = new Thread(engine::close);
    closer.start();
    // Long beside everything else that a close waits for.
    closer.join(Duration.ofSeconds(1).toMillis());
    assertThat(closer.isAlive()).as("the close waits for the write").isTrue();
    go.countDown();
    assertThat(write.get()).isInstanceOf(WriteOutcome.Written.class);
    closer.join();
    try (Engine again = Engine.open(files.options())) {
      assertThat(EngineFiles.comment(again, "main")).isEqualTo("second");
      assertThat(again.counters().commits()).as("it was committed under the lock").isZero();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void start_failsInAnyWay_closesTheEngine() {
    try (EngineFixture fixture = EngineFixture.with(CONFIG)) {
      assertThatThrownBy(
              () ->
                  EngineAssembly.start(
                      fixture.parts(),
                      () -> {
                        throw new IllegalStateException("a bug");
                      }))
          .isInstanceOf(IllegalStateException.class);
      assertThat(fixture.parts().health().unusable()).isNotNull();
    }
  }
}
