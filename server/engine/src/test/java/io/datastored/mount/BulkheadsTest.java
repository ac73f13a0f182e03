package io.datastored.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.base.Ticker;
import com.google.common.util.concurrent.Uninterruptibles;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * One call at a time for each base path, a thread for each that hangs, and no more than a limit.
 */
final class BulkheadsTest {

  private static final Duration PATIENCE = Duration.ofMillis(20);
  private static final Path ONE = Path.of("/one");
  private static final Path OTHER = Path.of("/other");

  private final CountDownLatch answer = new CountDownLatch(1);
  private final AtomicInteger started = new AtomicInteger();
  private final AtomicBoolean noThreads = new AtomicBoolean();
  private final List<String> told = Collections.synchronizedList(new ArrayList<>());

  private final Bulkheads bulkheads =
      new Bulkheads(
          new BulkheadLimits(PATIENCE, 12, 2),
          Ticker.systemTicker(),
          InstantSource.system(),
          call -> {
            if (noThreads.get()) {
              throw new OutOfMemoryError("unable to create native thread");
            }
            started.incrementAndGet();
            Thread thread = new Thread(call);
            thread.setDaemon(true);
            return thread;
          });

  @AfterEach
  void answer() {
    answer.countDown();
  }

  private void hang(Path path) {
    bulkheads.of(path).execute(() -> Uninterruptibles.awaitUninterruptibly(answer));
    await().until(() -> bulkheads.of(path).hang().isPresent());
  }

  private CompletableFuture<Void> ask(Path path) {
    var asked = new CompletableFuture<Void>();
    bulkheads.of(path).execute(() -> asked.complete(null));
    return asked;
  }

  @Test
  void await_callThatIsAnswered_isThere() {
    CompletableFuture<Void> asked = ask(ONE);
    asked.join();
    assertThat(bulkheads.of(ONE).await(asked)).isTrue();
    await().until(() -> bulkheads.of(ONE).hang().isEmpty());
  }

  @Test
  void hungPath_keepsItsCalls_andTheOthersGoOn() {
    hang(ONE);
    CompletableFuture<Void> behind = ask(ONE);
    assertThat(bulkheads.of(ONE).await(behind)).isFalse();
    ask(OTHER).join();
    answer.countDown();
    await().until(behind::isDone);
    await().until(() -> bulkheads.of(ONE).hang().isEmpty());
    assertThat(started).hasValueLessThanOrEqualTo(2);
  }

  @Test
  void asMuchHangsAsThereAreThreads_theNextIsRefusedAndServedLater() {
    hang(ONE);
    hang(OTHER);
    Path third = Path.of("/third");
    CompletableFuture<Void> waiting = ask(third);
    await().until(() -> bulkheads.of(third).hang().isPresent());
    assertThat(bulkheads.of(third).hang().orElseThrow().sentence())
        .contains("/third cannot be asked", "2 others hang");
    assertThat(bulkheads.of(third).await(waiting)).isFalse();
    assertThat(started).hasValue(2);
    answer.countDown();
    await().until(waiting::isDone);
  }

  @Test
  void noThreadToBeHad_isNotThrown_andHeals() {
    noThreads.set(true);
    CompletableFuture<Void> asked = ask(ONE);
    assertThat(bulkheads.of(ONE).await(asked)).isFalse();
    noThreads.set(false);
    bulkheads.look();
    await().until(asked::isDone);
  }

  @Test
  void look_tellsOnceThatAPathHangs_andOnceThatItAnswers() {
    bulkheads.tell(
        new Bulkheads.Listener() {
          @Override
          public void hangs(Path basePath, Bulkhead.Hang hang) {
            told.add("hangs " + basePath);
          }

          @Override
          public void answers(Path basePath) {
            told.add("answers " + basePath);
          }
        });
    hang(ONE);
    bulkheads.look();
    bulkheads.look();
    assertThat(told).containsExactly("hangs /one");
    answer.countDown();
    await()
        .until(
            () -> {
              bulkheads.look();
              return told.size() == 2;
            });
    assertThat(told).containsExactly("hangs /one", "answers /one");
  }

  @Test
  void awaitQuiet_waitsForWhatAnswers_notForWhatHangs() {
    hang(ONE);
    CompletableFuture<Void> other = new CompletableFuture<>();
    bulkheads
        .of(OTHER)
        .execute(
            () -> {
              Uninterruptibles.sleepUninterruptibly(Duration.ofMillis(1));
              other.complete(null);
            });
    bulkheads.awaitQuiet();
    assertThat(other).isDone();
  }

  @Test
  void callThatThrows_isTheEndOfNothingElse() {
    bulkheads
        .of(ONE)
        .execute(
            () -> {
              throw new AssertionError("a bug");
            });
    ask(ONE).join();
  }

  @Test
  void oneCall_takesOneThread() {
    ask(ONE).join();
    assertThat(started).hasValue(1);
  }
}
