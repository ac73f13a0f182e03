package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Uninterruptibles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What listeners do with a change keeps nobody from committing the next one. */
@Timeout(60)
final class SlowListenerTest {

  @TempDir Path directory;

  @Test
  void onChange_hangs_changesGoOn_andAreToldInOrderAfterwards() throws Exception {
    EngineFiles files =
        new EngineFiles(directory).write("datastore: main\n\tpath /nonexistent/main\n");
    CountDownLatch answer = new CountDownLatch(1);
    List<Long> told = Collections.synchronizedList(new ArrayList<>());
    List<Long> committed = new ArrayList<>();
    try (Engine engine = Engine.open(files.options())) {
      try (Subscription unused =
          engine.addListener(
              change -> {
                Uninterruptibles.awaitUninterruptibly(answer);
                assertThat(engine.snapshot().generation())
                    .isGreaterThanOrEqualTo(change.after().generation());
                told.add(change.after().generation());
                if (told.size() == 2) {
                  throw new NoClassDefFoundError("a bug");
                }
              })) {
        for (int i = 0; i < 5; i++) {
          assertThat(EngineFiles.comment(engine, "main", "comment " + i))
              .isInstanceOf(WriteOutcome.Written.class);
          committed.add(engine.snapshot().generation());
        }
        assertThat(told).isEmpty();
        answer.countDown();
        await().until(() -> told.size() == 5);
        assertThat(told).isEqualTo(committed);
      }
    }
  }

  @Test
  void addListener_hearsOfNothingThatWasPublishedBefore() throws Exception {
    EngineFiles files =
        new EngineFiles(directory).write("datastore: main\n\tpath /nonexistent/main\n");
    CountDownLatch answer = new CountDownLatch(1);
    List<Long> told = Collections.synchronizedList(new ArrayList<>());
    try (Engine engine = Engine.open(files.options());
        Subscription slow =
            engine.addListener(unused -> Uninterruptibles.awaitUninterruptibly(answer))) {
      assertThat(EngineFiles.comment(engine, "main", "before"))
          .isInstanceOf(WriteOutcome.Written.class);
      // Not told yet: the one before is still busy with it.
      try (Subscription late =
          engine.addListener(change -> told.add(change.after().generation()))) {
        assertThat(EngineFiles.comment(engine, "main", "after"))
            .isInstanceOf(WriteOutcome.Written.class);
        long after = engine.snapshot().generation();
        answer.countDown();
        await().until(() -> told.contains(after));
        assertThat(told).containsExactly(after);
        assertThat(late).isNotSameAs(slow);
      }
    }
  }
}
