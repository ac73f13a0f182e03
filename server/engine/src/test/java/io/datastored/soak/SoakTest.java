package io.datastored.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class SoakTest {

  @Test
  void random_ofOneSoak_repeatsItself() {
    Soak soak = Soak.of("random");
    assertThat(soak.random().nextLong()).isEqualTo(soak.random().nextLong());
  }

  @Test
  void times_ofAFewTries_isNeverNone() {
    assertThat(Soak.of("times").times(1)).isEqualTo(1);
  }

  @Test
  void end_withViolations_failsAndTellsTheSeed() {
    Soak soak = Soak.of("violated");
    assertThatThrownBy(() -> soak.end(10, 1))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("soak.seed=" + soak.seed());
  }
}
