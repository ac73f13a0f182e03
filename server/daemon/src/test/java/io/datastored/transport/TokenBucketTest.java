package io.datastored.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.testkit.ManualTicker;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TokenBucketTest {
  private final ManualTicker now = new ManualTicker(Long.MAX_VALUE - 5); // across the overflow
  private final TokenBucket bucket = new TokenBucket(new Rate(10, 20, 5), now);

  @Test
  void take_atTheStart_hasTheInitialTokensOnly() {
    assertThat(taken(100)).isEqualTo(5);
  }

  @Test
  void take_afterASecond_hasThoseOfASecond() {
    taken(5);
    pass(Duration.ofSeconds(1));

    assertThat(taken(100)).isEqualTo(10);
  }

  @Test
  void take_afterALongTime_hasTheBurst() {
    pass(Duration.ofHours(1));

    assertThat(taken(100)).isEqualTo(20);
  }

  @Test
  void add_neverExceedsTheBurst() {
    bucket.add(1000);

    assertThat(taken(100)).isEqualTo(20);
  }

  @Test
  void isCalm_onlyWithAQuarterOfTheBurst() {
    assertThat(bucket.isCalm()).isTrue();
    taken(1);
    assertThat(bucket.isCalm()).isFalse();
    pass(Duration.ofMillis(100));
    assertThat(bucket.isCalm()).isTrue();
  }

  @Test
  void rate_thatAdmitsNothing_isRefused() {
    assertThatThrownBy(() -> new Rate(0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Rate(1, 1, 2)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void rate_ofMoreThanAnIntHolds_savesUpWhatItHolds() {
    assertThat(Rate.of(Integer.MAX_VALUE, 2).burst()).isEqualTo(Integer.MAX_VALUE);
  }

  private int taken(int tries) {
    return (int) IntStream.range(0, tries).filter(each -> bucket.take()).count();
  }

  private void pass(Duration time) {
    now.advance(time);
  }
}
