package io.datastored.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The small values: names, digests, sizes, messages. */
final class ValuesTest {

  @ParameterizedTest
  @ValueSource(strings = {"abc", "_a.", "0-0", "A..", "x23456789012345678901234567890.2"})
  void datastoreName_valid_isItsText(String text) {
    assertThat(DatastoreName.of(text)).hasToString(text);
    assertThat(DatastoreName.tryParse(text)).contains(DatastoreName.of(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "ab", ".ab", "-ab", "a b", "äbc", "a/b", "x234567890123456789012345678901234"})
  void datastoreName_invalid_isNothing(String text) {
    assertThat(DatastoreName.tryParse(text)).isEmpty();
    assertThatThrownBy(() -> DatastoreName.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 to 32 characters");
  }

  @Test
  void datastoreName_ordersByText() {
    assertThat(DatastoreName.of("abc")).isLessThan(DatastoreName.of("abd"));
  }

  @Test
  void digest_isSha256() {
    assertThat(Digest.EMPTY)
        .hasToString("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assertThat(Digest.EMPTY.abbreviated()).isEqualTo("e3b0c442");
    assertThat(Digest.tryParse(Digest.EMPTY.hex())).contains(Digest.EMPTY);
    assertThat(Digest.tryParse(Digest.EMPTY.hex().toUpperCase(java.util.Locale.ROOT))).isEmpty();
    assertThatThrownBy(() -> new Digest("e3")).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "1, 1, 1",
    "1b, 1, 1",
    "1000, 1000, 1KB",
    "1k, 1000, 1KB",
    "1Ki, 1024, 1KiB",
    "1 KiB, 1024, 1KiB",
    "500GiB, 536870912000, 500GiB",
    "500 gib, 536870912000, 500GiB",
    "0.5MiB, 524288, 512KiB",
    ".5KB, 500, 500",
    "2TB, 2000000000000, 2TB",
    "8191PiB, 9222246136947933184, 8191PiB",
    "9223372036854775807, 9223372036854775807, 9223372036854775807"
  })
  void byteSize_text_isItsBytes(String text, long bytes, String printed) {
    assertThat(ByteSize.tryParse(text)).contains(new ByteSize(bytes));
    assertThat(new ByteSize(bytes)).hasToString(printed);
    assertThat(ByteSize.tryParse(printed)).contains(new ByteSize(bytes));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "B", "GiB", "-1", "1iB", "1 i", "1e3", "1..5", ".", "x", "1XB", "8192PiB", "NaN", "1 2"
      })
  void byteSize_noSize_isNothing(String text) {
    assertThat(ByteSize.tryParse(text)).isEmpty();
  }

  @Test
  void maintenanceSetting_message_isChecked() {
    assertThat(MaintenanceSetting.of(MaintenanceMode.OFFLINE, "").message()).isEmpty();
    assertThat(MaintenanceSetting.faults(MaintenanceMode.NONE, Optional.of("x"))).hasSize(1);
    assertThat(MaintenanceSetting.faults(MaintenanceMode.OFFLINE, Optional.of("a\nb"))).hasSize(1);
    assertThat(MaintenanceSetting.faults(MaintenanceMode.OFFLINE, Optional.of("x".repeat(64))))
        .isEmpty();
    assertThatThrownBy(() -> MaintenanceSetting.of(MaintenanceMode.OFFLINE, "x".repeat(65)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("message has 65 characters; at most 64 are allowed");
  }

  @ParameterizedTest
  @CsvSource({
    "plain, plain",
    "a%20b, a b",
    "100% done, 100% done",
    "%c3%BC, ü",
    "%, %",
    "%4, %4",
    "%41%, A%"
  })
  void maintenanceSetting_shownMessage_isPercentDecoded(String stored, String shown) {
    assertThat(MaintenanceSetting.of(MaintenanceMode.OFFLINE, stored).shownMessage())
        .contains(shown);
  }

  @Test
  void maintenanceSetting_shownMessage_notUtf8_isNothing() {
    assertThat(MaintenanceSetting.of(MaintenanceMode.OFFLINE, "%ff").shownMessage()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'paused,message=swap', OFFLINE, swap",
    "'delete,message=\"a\\nb\"', DELETE,",
    "'read-only,message=\"a\\nb\"', OFFLINE,",
    "'offline,message=\"abc', OFFLINE,",
    "'', OFFLINE,"
  })
  void failClosed_isAtLeastOffline_withWhatCanBeRead(
      String text, MaintenanceMode mode, String message) {
    assertThat(MaintenanceText.failClosed(text))
        .isEqualTo(new MaintenanceSetting(mode, Optional.ofNullable(message)));
  }
}
