package io.datastored.service.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class AppliedTimesTest {

  private final AppliedTimes times = new AppliedTimes();

  @Test
  void take_whenNothingWasApplied_isEmpty() {
    assertThat(times.take()).isEmpty();
  }

  @Test
  void take_isOfWhatCameSinceTheLastOne() {
    times.add(Duration.ofSeconds(10));
    assertThat(times.take()).isPresent();
    times.add(Duration.ofMillis(1));
    AppliedTimes.Percentiles found = times.take().orElseThrow();
    assertThat(found.half()).isCloseTo(1, within(0.2));
    assertThat(found.most()).isCloseTo(1, within(0.2));
    assertThat(times.take()).isEmpty();
  }

  @Test
  void percentiles_areThoseOfTheTimes_toAFifth() {
    for (int i = 1; i <= 1000; i++) {
      times.add(Duration.ofMillis(i));
    }
    AppliedTimes.Percentiles found = times.take().orElseThrow();
    assertThat(found.half()).isCloseTo(500, within(100.0));
    assertThat(found.most()).isCloseTo(990, within(198.0));
  }

  @Test
  void add_ofTheShortestAndTheLongestTime_isCounted() {
    times.add(Duration.ZERO);
    assertThat(times.take().orElseThrow().most()).isCloseTo(0.001, within(0.0002));
    times.add(Duration.ofDays(30));
    assertThat(times.take().orElseThrow().most()).isGreaterThan(1e6);
  }
}
