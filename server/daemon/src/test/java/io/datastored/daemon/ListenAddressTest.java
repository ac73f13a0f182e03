package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ListenAddressTest {

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:7400, true",
    "127.8.8.8:0, true",
    "[::1]:7400, true",
    "localhost:7400, true",
    "0.0.0.0:7400, false",
    "[::]:7400, false",
    "192.0.2.7:7400, false",
    "unix:///run/datastored.sock, true",
    "unix:/run/datastored.sock, true",
  })
  void parse_good_knowsWhoCanReachIt(String text, boolean local) {
    assertThat(ListenAddress.parse(text).local()).isEqualTo(local);
  }

  @Test
  void parse_unix_isThePath() {
    assertThat(ListenAddress.parse("unix:///run/d.sock"))
        .isEqualTo(new ListenAddress.Unix(Path.of("/run/d.sock")))
        .hasToString("unix:///run/d.sock");
  }

  @Test
  void toString_ipv6_isInBrackets() {
    assertThat(ListenAddress.parse("[::1]:7400").toString()).endsWith("]:7400").startsWith("[");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":7400",
        "7400",
        "127.0.0.1",
        "::1:7400",
        "127.0.0.1:70000",
        "127.0.0.1:x",
        "unix:",
        "unix://host/path",
        "unix:relative",
        "nowhere.invalid:1"
      })
  void parse_bad_isRefusedInOneSentence(String text) {
    assertThatThrownBy(() -> ListenAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("\n");
  }
}
