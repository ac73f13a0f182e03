package io.datastored.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SpaceTrendTest {

  private static final long MIB = 1 << 20;

  private final SpaceTrend trend = new SpaceTrend();

  private void add(long mebibytes, int minutes) {
    trend.add(mebibytes * MIB, Duration.ofMinutes(minutes).toNanos());
  }

  @Test
  void perHour_ofLessThanTenMinutes_isNotKnown() {
    assertThat(trend.perHour()).isEmpty();
    add(1000, 0);
    add(900, 9);
    assertThat(trend.perHour()).isEmpty();
  }

  @Test
  void perHour_isScaledToAnHour() {
    add(1000, 0);
    add(990, 10);
    assertThat(trend.perHour()).contains(-60 * MIB);
    add(1010, 20);
    assertThat(trend.perHour()).contains(30 * MIB);
  }

  @Test
  void perHour_forgetsWhatIsLongAgo() {
    add(10_000, 0);
    for (int minutes = 30; minutes <= 180; minutes += 30) {
      add(1000, minutes);
    }
    assertThat(trend.perHour()).contains(0L);
  }

  @Test
  void perHour_isOfTheLastMeasurement() {
    add(1000, 0);
    add(1000, 30);
    add(400, 60);
    assertThat(trend.perHour()).contains(-1200 * MIB);
  }
}
