package io.datastored.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HumanFormatTest {

  @ParameterizedTest
  @CsvSource({"0,0s", "99,99s", "100,1m", "2460,41m", "6000,1h", "7200,2h", "172800,2d"})
  void age_isOneUnit_roundedDown(long seconds, String printed) {
    assertThat(HumanFormat.age(Duration.ofSeconds(seconds))).isEqualTo(printed);
  }

  @ParameterizedTest
  @CsvSource({"0,0s", "1,1s", "1000,1s", "11001,12s", "120000,2m"})
  void atMost_isRoundedUp(long millis, String printed) {
    assertThat(HumanFormat.atMost(Durations.fromMillis(millis))).isEqualTo(printed);
  }

  @ParameterizedTest
  @CsvSource({"0,0B", "1023,1023B", "1536,1.5K", "10737418240,10G"})
  void bytes_areInPowersOf1024(long bytes, String printed) {
    assertThat(HumanFormat.bytes(bytes)).isEqualTo(printed);
  }
}
