package io.datastored.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class CommandLineBytesTest {

  private static final byte[] OFFICE = "/srv/Büro".getBytes(UTF_8);

  @Test
  void damage_ofAsciiInAnyLocale_andOfUtf8InItsOwn_isNone() {
    assertThat(arguments("--path".getBytes(UTF_8), US_ASCII).damage()).isEmpty();
    assertThat(arguments(OFFICE, UTF_8).damage()).isEmpty();
    // The replacement character itself may be typed.
    assertThat(arguments("a\uFFFDb".getBytes(UTF_8), UTF_8).damage()).isEmpty();
  }

  @Test
  void damage_ofUtf8InAnotherLocale_saysWhichToSet() {
    assertThat(arguments(OFFICE, US_ASCII).damage())
        .hasValue(
            "The argument '/srv/Büro' cannot be represented in this process's locale (US-ASCII):"
                + " set LC_ALL=C.UTF-8.");
    assertThat(
            new CommandLineBytes(
                    List.of(), List.of("DATASTORED_CONFIG=/srv/ü".getBytes(UTF_8)), ISO_8859_1)
                .damage())
        .hasValueSatisfying(
            why ->
                assertThat(why).startsWith("The environment variable 'DATASTORED_CONFIG=/srv/ü'"));
  }

  @Test
  void damage_ofOtherBytes_saysThatTheyAreNotUtf8() {
    assertThat(arguments("/srv/Büro".getBytes(ISO_8859_1), UTF_8).damage())
        .hasValueSatisfying(why -> assertThat(why).contains("is not valid UTF-8"));
  }

  @Test
  void split_atZeroBytes_keepsEmptyTexts() {
    assertThat(CommandLineBytes.split("a\0\0b\0".getBytes(UTF_8)))
        .containsExactly("a".getBytes(UTF_8), new byte[0], "b".getBytes(UTF_8));
  }

  private static CommandLineBytes arguments(byte[] argument, java.nio.charset.Charset locale) {
    return new CommandLineBytes(List.of(argument), List.of(), locale);
  }
}
