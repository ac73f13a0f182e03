package io.datastored.service.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.engine.EngineFixture;
import io.datastored.history.Generation;
import io.datastored.service.call.RevisionWaits.Wait;
import io.datastored.service.call.RevisionWaits.Waiter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RevisionWaitsTest {

  private static final Duration LONG = Duration.ofHours(1);

  private final EngineFixture fixture = EngineFixture.with(EngineFixture.config(3));
  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
  private final RevisionWaits waits = new RevisionWaits(fixture.engine(), timers, Runnable::run);
  private final AtomicInteger reached = new AtomicInteger();
  private final AtomicInteger timedOut = new AtomicInteger();
  private final CountDownLatch told = new CountDownLatch(1);

  @AfterEach
  void stop() {
    timers.shutdownNow();
  }

  @Test
  void begin_servedAlready_isReachedAtOnce() {
    waits.begin(ahead(0), LONG);
    assertThat(reached).hasValue(1);
    assertThat(waits.size()).isZero();
  }

  @Test
  void begin_ahead_isReachedByTheChange() {
    waits.begin(ahead(1), LONG);
    waits.begin(ahead(2), LONG);
    assertThat(reached).hasValue(0);
    fixture.edit(EngineFixture.config(4));
    assertThat(reached).hasValue(1);
    assertThat(waits.size()).isEqualTo(1);
    fixture.edit(EngineFixture.config(5));
    assertThat(reached).hasValue(2);
    assertThat(waits.size()).isZero();
  }

  @Test
  void begin_publishedWhileItBegins_isReached() {
    ScheduledThreadPoolExecutor busy =
        new ScheduledThreadPoolExecutor(1) {
          @Override
          public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            fixture.edit(EngineFixture.config(4));
            return super.schedule(task, delay, unit);
          }
        };
    try (RevisionWaits interrupted = new RevisionWaits(fixture.engine(), busy, Runnable::run)) {
      interrupted.begin(ahead(interrupted, 1), LONG);
      assertThat(reached).hasValue(1);
      assertThat(interrupted.size()).isZero();
    } finally {
      busy.shutdownNow();
    }
  }

  @Test
  void begin_neverPublished_timesOut() throws Exception {
    waits.begin(ahead(1), Duration.ofMillis(1));
    assertThat(told.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(timedOut).hasValue(1);
    assertThat(waits.size()).isZero();
  }

  @Test
  void cancel_waiting_isToldNothing() {
    Wait wait = ahead(1);
    waits.begin(wait, LONG);
    wait.cancel();
    fixture.edit(EngineFixture.config(4));
    assertThat(reached).hasValue(0);
    assertThat(waits.size()).isZero();
  }

  @Test
  void cancel_beforeItBegins_leavesNothing() {
    Wait wait = ahead(1);
    wait.cancel();
    waits.begin(wait, LONG);
    assertThat(waits.size()).isZero();
    fixture.edit(EngineFixture.config(4));
    assertThat(reached).hasValue(0);
  }

  @Test
  void close_waiting_timesOut() {
    waits.begin(ahead(1), LONG);
    waits.close();
    assertThat(timedOut).hasValue(1);
    assertThat(waits.size()).isZero();
  }

  private Wait ahead(long generations) {
    return ahead(waits, generations);
  }

  private Wait ahead(RevisionWaits owner, long generations) {
    Generation served = fixture.engine().snapshot().revision().generation();
    return owner.prepare(
        new Generation(served.value() + generations),
        new Waiter() {
          @Override
          public void onReached() {
            reached.incrementAndGet();
          }

          @Override
          public void onTimeOut() {
            timedOut.incrementAndGet();
            told.countDown();
          }
        });
  }
}
