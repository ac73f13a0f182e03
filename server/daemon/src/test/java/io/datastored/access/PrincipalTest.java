package io.datastored.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PrincipalTest {

  @Test
  void named_plain_isKindAndName() {
    assertThat(Principal.named("cn:", "Büro 7").text()).isEqualTo("cn:Büro 7");
    assertThat(Principal.named("uid:", "0").isAnonymous()).isFalse();
    assertThat(Principal.ANONYMOUS.text()).isEqualTo("anonymous");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n",
        "\r",
        "\t",
        "\u0000",
        "\u001b[2J",
        "\u0085",
        "\u009b",
        "\u2028",
        "\u2029",
        "\u202e",
        "\u2066",
        "\u200b",
        "\ufeff",
        "\ud800",
        "\u0378",
        "\"",
        "\\"
      })
  void named_whatWouldForgeALineOrAValue_isEscaped(String bad) {
    String text = Principal.named("cn:", "a" + bad + "z").text();
    assertThat(text).startsWith("cn:a\\").endsWith("z");
    assertThat(text.codePoints().allMatch(point -> point >= ' ' && point < 0x7f)).isTrue();
  }

  @Test
  void named_escapesOfOneName_areNotAnotherName() {
    assertThat(Principal.named("cn:", "a\nb")).isNotEqualTo(Principal.named("cn:", "a\\u{a}b"));
    assertThat(Principal.named("cn:", "a\\nb")).isNotEqualTo(Principal.named("cn:", "a\\\\nb"));
  }

  @Test
  void named_long_isCutAndStaysItself() {
    String name = "x".repeat(60_000);
    Principal one = Principal.named("cn:", name + "1");
    assertThat(one.text()).hasSizeLessThan(256);
    assertThat(one).isEqualTo(Principal.named("cn:", name + "1"));
    assertThat(one).isNotEqualTo(Principal.named("cn:", name + "2"));
  }

  @Test
  void empty_isNone() {
    assertThatThrownBy(() -> new Principal("")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void admits_itselfAndWhatIsNobodysOnly() {
    Principal alice = Principal.named("cn:", "alice");
    assertThat(alice.admits(Principal.named("cn:", "alice"))).isTrue();
    assertThat(alice.admits(Principal.named("cn:", "bob"))).isFalse();
    assertThat(alice.admits(Principal.ANONYMOUS)).isFalse();
    assertThat(Principal.ANONYMOUS.admits(alice)).isTrue();
  }
}
