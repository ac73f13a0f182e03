package io.datastored.etcd.life;

import static com.google.common.util.concurrent.Uninterruptibles.awaitUninterruptibly;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class QueuedTasksTest {

  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final QueuedTasks tasks = new QueuedTasks(thread);
  private final List<String> done = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    thread.shutdownNow();
  }

  private void awaitAll() throws InterruptedException {
    CountDownLatch last = new CountDownLatch(1);
    tasks.run("last", last::countDown);
    assertThat(last.await(1, TimeUnit.MINUTES)).isTrue();
  }

  @Test
  void run_queuedAlready_isDoneOnce() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    tasks.run("hangs", () -> awaitUninterruptibly(hangs));
    for (int i = 0; i < 3; i++) {
      tasks.run("a", () -> done.add("a"));
      tasks.run("b", () -> done.add("b"));
    }
    hangs.countDown();
    awaitAll();
    assertThat(done).containsExactly("a", "b");
  }

  /** It looks | something changes, and it is asked for again | it ends, without that change. */
  @Test
  void run_whileItRuns_isDoneAgain() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch hangs = new CountDownLatch(1);
    tasks.run(
        "a",
        () -> {
          begun.countDown();
          awaitUninterruptibly(hangs);
        });
    assertThat(begun.await(1, TimeUnit.MINUTES)).isTrue();
    tasks.run("a", () -> done.add("again"));
    hangs.countDown();
    awaitAll();
    assertThat(done).containsExactly("again");
  }

  @Test
  void run_aTaskFails_theNextOneRuns() throws Exception {
    tasks.run(
        "a",
        () -> {
          throw new IllegalStateException("a bug");
        });
    awaitAll();
  }

  @Test
  void run_closed_isDropped() {
    thread.shutdownNow();
    tasks.run("a", () -> done.add("a"));
    assertThat(done).isEmpty();
  }
}
