package io.datastored.promise;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Ticker;
import io.datastored.testkit.ManualTicker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class LeaseClockTest {

  private static final Duration STALL = Duration.ofSeconds(1);

  private final ManualTicker ticker = new ManualTicker();
  private final LeaseClock clock = new LeaseClock(ticker, STALL);

  @Test
  void now_withBeats_isMonotonicTime() {
    long start = clock.now();
    for (int i = 0; i < 100; i++) {
      ticker.advance(Duration.ofMillis(100));
      assertThat(clock.beat()).isZero();
    }
    assertThat(passedSince(start)).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void now_atTheStart_isAboveZero() {
    assertThat(clock.now()).isPositive();
  }

  @Test
  void now_betweenBeats_runsOn() {
    long start = clock.now();
    ticker.advance(Duration.ofMillis(60));
    assertThat(passedSince(start)).isEqualTo(Duration.ofMillis(60));
  }

  @Test
  void now_withoutBeats_standsStillAfterTheStall() {
    long start = clock.now();
    ticker.advance(Duration.ofHours(1));
    assertThat(passedSince(start)).isEqualTo(STALL);
  }

  @Test
  void beat_afterAStall_takesItOutAndGoesOnFromThere() {
    long start = clock.now();
    ticker.advance(Duration.ofHours(1));
    long before = clock.now();
    assertThat(clock.beat()).isEqualTo(Duration.ofHours(1).minus(STALL));
    assertThat(clock.now()).isEqualTo(before);
    ticker.advance(Duration.ofMillis(100));
    assertThat(passedSince(start)).isEqualTo(STALL.plusMillis(100));
  }

  @Test
  void now_whileABeatEndsAStall_doesNotGoBack() {
    AtomicReference<Runnable> whileReading = new AtomicReference<>(() -> {});
    Ticker interrupted =
        new Ticker() {
          @Override
          public long read() {
            long read = ticker.read();
            whileReading.getAndSet(() -> {}).run();
            return read;
          }
        };
    LeaseClock shared = new LeaseClock(interrupted, STALL);
    long before = shared.now();
    whileReading.set(
        () -> {
          ticker.advance(Duration.ofHours(1));
          Duration unused = shared.beat();
        });
    assertThat(shared.now()).isGreaterThanOrEqualTo(before);
  }

  private Duration passedSince(long start) {
    return Duration.ofNanos(clock.now() - start);
  }
}
