package io.datastored.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
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

  @Test
  void end_withViolations_tellsTheFirstOfThem() {
    assertThatThrownBy(() -> Soak.of("violated").end(10, List.of("a", "b", "c", "d", "e", "f")))
        .hasMessageContaining("6 violations in 10")
        .hasMessageEndingWith("\n  a\n  b\n  c\n  d\n  e");
  }
}
