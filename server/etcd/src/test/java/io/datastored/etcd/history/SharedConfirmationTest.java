package io.datastored.etcd.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.datastored.file.StoreException;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SharedConfirmationTest {

  private static final Incarnation INCARNATION = new Incarnation("0123456789abcdef");
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofMillis(2);

  private final AtomicReference<Revision> served = new AtomicReference<>(revision(1));
  private final AtomicInteger reads = new AtomicInteger();

  /** The answers of reads that have begun, in their order: each waits for its own. */
  private final LinkedBlockingQueue<CompletableFuture<Revision>> begun =
      new LinkedBlockingQueue<>();

  private SharedConfirmation confirmation = confirmation(LONG);

  private SharedConfirmation confirmation(Duration patience) {
    return confirmation(patience, Executors.newScheduledThreadPool(2));
  }

  private SharedConfirmation confirmation(Duration patience, ScheduledExecutorService threads) {
    return new SharedConfirmation(
        () -> {
          reads.incrementAndGet();
          var answer = new CompletableFuture<Revision>();
          begun.add(answer);
          try {
            return answer.get();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(StoreException.Reason.OTHER, "interrupted");
          } catch (java.util.concurrent.ExecutionException e) {
            throw (StoreException) e.getCause();
          }
        },
        served::get,
        threads,
        PAUSE,
        patience);
  }

  private static Revision revision(long generation) {
    return new Revision(INCARNATION, new Generation(generation));
  }

  private CompletableFuture<Revision> nextRead() throws InterruptedException {
    CompletableFuture<Revision> read = begun.poll(1, TimeUnit.MINUTES);
    assertThat(read).as("a read has begun").isNotNull();
    return read;
  }

  private static void assertConfirmed(CompletableFuture<Void> asked) throws Exception {
    asked.get(1, TimeUnit.MINUTES);
  }

  @AfterEach
  void close() {
    confirmation.close();
  }

  @Test
  void confirm_headIsServed_isDone() throws Exception {
    CompletableFuture<Void> asked = confirmation.confirm();
    assertThat(asked).isNotDone();
    nextRead().complete(revision(1));
    assertConfirmed(asked);
  }

  @Test
  void confirm_headIsAhead_waitsUntilItIsServed() throws Exception {
    CompletableFuture<Void> asked = confirmation.confirm();
    nextRead().complete(revision(3));
    CompletableFuture<Void> later = confirmation.confirm();
    nextRead().complete(revision(2));
    served.set(revision(2));
    confirmation.onServed();
    assertConfirmed(later);
    assertThat(asked).as("generation 3 is not served").isNotDone();
    served.set(revision(3));
    confirmation.onServed();
    assertConfirmed(asked);
  }

  /** An answer that needs no read does not wait for one that etcd does not answer. */
  @Test
  void onServed_whileARead_answersThoseWhoWait() throws Exception {
    CompletableFuture<Void> asked = confirmation.confirm();
    nextRead().complete(revision(3));
    CompletableFuture<Void> later = confirmation.confirm();
    CompletableFuture<Revision> hangs = nextRead();
    served.set(revision(3));
    confirmation.onServed();
    assertConfirmed(asked);
    assertThat(later).isNotDone();
    hangs.complete(revision(3));
    assertConfirmed(later);
  }

  @Test
  void giveUp_whileARead_failsInBoundedTime() throws Exception {
    confirmation.close();
    confirmation = confirmation(Duration.ofMillis(1));
    CompletableFuture<Void> asked = confirmation.confirm();
    CompletableFuture<Revision> read = nextRead();
    CompletableFuture<Void> later = confirmation.confirm();
    read.complete(revision(7));
    CompletableFuture<Revision> hangs = nextRead();
    assertThatThrownBy(() -> assertConfirmed(asked)).hasMessageContaining("7");
    assertThat(later).isNotDone();
    hangs.complete(revision(1));
    assertConfirmed(later);
  }

  @Test
  void confirm_rightAfterARead_waitsForThePause() throws Exception {
    confirmation.close();
    // One thread, so that a read which has begun keeps it.
    PausedThread thread = new PausedThread();
    confirmation = confirmation(LONG, thread);
    CompletableFuture<Void> first = confirmation.confirm();
    nextRead().complete(revision(1));
    assertConfirmed(first);
    CompletableFuture<Void> second = confirmation.confirm();
    thread.submit(() -> {}).get(1, TimeUnit.MINUTES);
    assertThat(begun).as("no read yet").isEmpty();
    thread.pauses.remove().run();
    nextRead().complete(revision(1));
    assertConfirmed(second);
    assertThat(reads).hasValue(2);
  }

  /** Read | committed elsewhere | asked | the read is answered, without that commit. */
  @Test
  void confirm_whileARead_sharesTheNextOne() throws Exception {
    CompletableFuture<Void> first = confirmation.confirm();
    CompletableFuture<Revision> inProgress = nextRead();
    List<CompletableFuture<Void>> asked = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      asked.add(confirmation.confirm());
    }
    inProgress.complete(revision(1));
    assertConfirmed(first);
    CompletableFuture<Revision> next = nextRead();
    assertThat(asked).noneMatch(CompletableFuture::isDone);
    next.complete(revision(1));
    for (CompletableFuture<Void> each : asked) {
      assertConfirmed(each);
    }
    assertThat(reads).as("one read for all of them").hasValue(2);
  }

  @Test
  void confirm_storeDoesNotAnswer_fails_andTheNextOneAsksAgain() throws Exception {
    CompletableFuture<Void> asked = confirmation.confirm();
    nextRead().completeExceptionally(new StoreException(StoreException.Reason.OTHER, "no quorum"));
    assertThatThrownBy(() -> assertConfirmed(asked)).hasRootCauseMessage("no quorum");
    CompletableFuture<Void> again = confirmation.confirm();
    nextRead().complete(revision(1));
    assertConfirmed(again);
  }

  @Test
  void confirm_neverServed_failsInBoundedTime() throws Exception {
    confirmation.close();
    confirmation = confirmation(Duration.ofMillis(1));
    CompletableFuture<Void> asked = confirmation.confirm();
    nextRead().complete(revision(7));
    assertThatThrownBy(() -> assertConfirmed(asked)).hasMessageContaining("7");
    served.set(revision(7));
    confirmation.onServed();
    assertThat(asked).isCompletedExceptionally();
  }

  @Test
  void confirm_anotherHistory_isNotServed() throws Exception {
    confirmation.close();
    confirmation = confirmation(Duration.ofMillis(1));
    CompletableFuture<Void> asked = confirmation.confirm();
    nextRead().complete(new Revision(new Incarnation("fedcba9876543210"), new Generation(1)));
    assertThatThrownBy(() -> assertConfirmed(asked)).isNotNull();
  }

  /** A thread that keeps pauses until a test ends them. */
  private static final class PausedThread extends ScheduledThreadPoolExecutor {

    final LinkedBlockingQueue<Runnable> pauses = new LinkedBlockingQueue<>();

    PausedThread() {
      super(1);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      if (unit.toNanos(delay) != PAUSE.toNanos()) {
        return super.schedule(task, delay, unit);
      }
      pauses.add(task);
      return super.schedule(() -> {}, delay, unit);
    }
  }

  @Test
  void close_failsAllThatWait_andAllThatAskLater() throws Exception {
    CompletableFuture<Void> waiting = confirmation.confirm();
    nextRead().complete(revision(9));
    CompletableFuture<Void> reading = confirmation.confirm();
    CompletableFuture<Revision> unused = nextRead();
    CompletableFuture<Void> queued = confirmation.confirm();
    confirmation.close();
    await().until(waiting::isCompletedExceptionally);
    await().until(reading::isCompletedExceptionally);
    await().until(queued::isCompletedExceptionally);
    assertThat(confirmation.confirm()).isCompletedExceptionally();
  }
}
