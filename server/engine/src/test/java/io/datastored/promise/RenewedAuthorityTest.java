package io.datastored.promise;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.promise.RenewedAuthority.Sending;
import io.datastored.testkit.ManualTicker;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class RenewedAuthorityTest {

  private static final Duration REACH = Duration.ofSeconds(10);
  private static final LifeId LIFE = LifeId.random(new Random(1));
  private static final LifeId NEXT = LifeId.random(new Random(2));

  /** So that it passes 0 within a test. */
  private final ManualTicker ticker = new ManualTicker(Long.MAX_VALUE - 3_000_000_000L);

  private Duration ahead = Duration.ZERO;
  private Runnable beforeWallClock = () -> {};
  private final RenewedAuthority authority = new RenewedAuthority(REACH, ticker, this::wallClock);

  private Instant wallClock() {
    Runnable happens = beforeWallClock;
    beforeWallClock = () -> {};
    happens.run();
    return ticker.clock(Instant.ofEpochSecond(1_800_000_000)).instant().plus(ahead);
  }

  @Nested
  final class Contract extends AuthorityContract {

    @BeforeEach
    void reached() {
      renew();
    }

    @Override
    protected Authority authority() {
      return authority;
    }

    @Override
    protected Optional<Duration> reach() {
      return Optional.of(REACH);
    }

    @Override
    protected void pass(Duration time) {
      ticker.advance(time);
    }

    @Override
    protected void setWallClock(Duration by) {
      ahead = by;
    }

    @Override
    protected void renew() {
      authority.renew(LIFE, authority.sending());
    }

    @Override
    protected void stop() {
      authority.close();
    }
  }

  @Test
  void begin_doesNotHold() {
    assertThat(authority.holds()).isFalse();
    assertThat(authority.renewedAgo()).isEmpty();
  }

  @Test
  void renew_countsFromTheSending() {
    Sending sent = authority.sending();
    ticker.advance(Duration.ofSeconds(9));
    authority.renew(LIFE, sent);
    assertThat(authority.life()).contains(LIFE);
    assertThat(authority.renewedAgo()).contains(Duration.ofSeconds(9));
    assertThat(authority.took()).isEqualTo(Duration.ofSeconds(9));
    ticker.advance(Duration.ofSeconds(1));
    assertThat(authority.holds()).isFalse();
  }

  @Test
  void unconfirmed_countsFromTheStart_andThenFromTheLastSending() {
    ticker.advance(Duration.ofSeconds(3));
    assertThat(authority.unconfirmed()).as("before the first").contains(Duration.ofSeconds(3));
    assertThat(authority.left()).isZero();
    authority.renew(LIFE, authority.sending());
    ticker.advance(Duration.ofSeconds(4));
    assertThat(authority.unconfirmed()).isEmpty();
    assertThat(authority.left()).isEqualTo(REACH.minusSeconds(4));
    authority.end();
    assertThat(authority.unconfirmed()).as("ended before its time").contains(Duration.ofSeconds(4));
    assertThat(authority.left()).isZero();
  }

  @Test
  void renew_answerAfterThePause_isOver() {
    Sending sent = authority.sending();
    ticker.advance(Duration.ofMinutes(1));
    authority.renew(LIFE, sent);
    assertThat(authority.holds()).isFalse();
  }

  @Test
  void end_isOver_untilTheNextLife() {
    authority.renew(LIFE, authority.sending());
    authority.end();
    assertThat(authority.holds()).isFalse();
    authority.renew(NEXT, authority.sending());
    assertThat(authority.life()).contains(NEXT);
  }

  @Test
  void close_isForGood() {
    Sending sent = authority.sending();
    authority.close();
    authority.renew(LIFE, sent);
    assertThat(authority.holds()).isFalse();
  }

  @Test
  void suspend_whileARequestIsPrepared_countsFromBefore() {
    // Monotonic time stands still in a suspend; the wall clock does not.
    ticker.atReading(1, () -> ahead = ahead.plusSeconds(20));
    Sending sent = authority.sending();
    authority.renew(LIFE, sent);
    assertThat(authority.holds()).as("the request is sent after the suspend").isTrue();
    ahead = ahead.plusSeconds(20);
    assertThat(authority.holds()).isFalse();
  }

  @Test
  void heldUpThread_isNoSuspend() {
    authority.renew(LIFE, authority.sending());
    beforeWallClock = () -> ticker.advance(Duration.ofSeconds(3));
    assertThat(authority.holds()).as("held up while it is checked").isTrue();
    ticker.atReading(1, () -> ticker.advance(Duration.ofSeconds(3)));
    authority.renew(LIFE, authority.sending());
    assertThat(authority.holds()).as("held up while a request is prepared").isTrue();
  }
}
