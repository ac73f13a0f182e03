package io.datastored.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ShortIdsTest {

  @Test
  void ids_thatDifferEarly_haveTwelveCharacters() {
    ShortIds ids = ShortIds.among(List.of("0123456789abcdef", "1123456789abcdef"));
    assertThat(ids.of("0123456789abcdef")).isEqualTo("0123456789ab");
    assertThat(ids.of("short")).isEqualTo("short");
  }

  @Test
  void ids_thatDifferLate_areAsLongAsItTakes() {
    ShortIds ids =
        ShortIds.among(
            List.of("6b0c4c1100000-10-abcdef", "6b0c4c1100000-1-abcdef", "6b0c4c1100000-2-abcdef"));
    assertThat(ids.of("6b0c4c1100000-10-abcdef")).isEqualTo("6b0c4c1100000-10");
    assertThat(ids.of("6b0c4c1100000-1-abcdef")).isEqualTo("6b0c4c1100000-1-");
    assertThat(ids.of("6b0c4c1100000-2-abcdef")).isEqualTo("6b0c4c1100000-2-");
  }

  @Test
  void oneIdTwice_isNoReasonForLongerOnes() {
    ShortIds ids = ShortIds.among(List.of("0123456789abcdef", "0123456789abcdef"));
    assertThat(ids.of("0123456789abcdef")).isEqualTo("0123456789ab");
    assertThat(ShortIds.among(List.of()).of("0123456789abcdef")).isEqualTo("0123456789ab");
  }
}
