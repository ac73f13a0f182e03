package io.datastored.client.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.client.ClientSources;
import io.datastored.client.fake.ManualTime;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ClientClockTest {

  private final ManualTime time = new ManualTime();
  private final ClientClock clock =
      new ClientClock(new ClientSources(time, time, new Random(1), () -> "id"));

  @Test
  void isTimeLost_belowTheServersMargin_isTolerated() {
    long then = clock.wallAhead();
    time.moveWallClock(Duration.ofMillis(400));
    assertThat(clock.isTimeLost(then, clock.now())).isFalse();
    time.moveWallClock(Duration.ofMillis(1));
    assertThat(clock.isTimeLost(then, clock.now())).isTrue();
  }

  @Test
  void isTimeLost_wallClockSetBack_isNothing() {
    long then = clock.wallAhead();
    time.moveWallClock(Duration.ofHours(-1));
    assertThat(clock.isTimeLost(then, clock.now())).isFalse();
  }

  @Test
  void isTimeLost_heldUpBetweenTheClocks_isNothing() {
    long then = clock.wallAhead();
    long before = clock.now();
    time.stall(Duration.ofSeconds(5));
    assertThat(clock.isTimeLost(then, before)).isFalse();
  }

  @Test
  void wallAhead_heldUpBetweenTheClocks_readsThemAgain() {
    long ahead = clock.wallAhead();
    int[] reads = {0};
    time.onRead(
        () -> {
          if (reads[0]++ == 1) {
            time.stall(Duration.ofSeconds(5));
          }
        });
    assertThat(clock.wallAhead()).isEqualTo(ahead);
  }
}
