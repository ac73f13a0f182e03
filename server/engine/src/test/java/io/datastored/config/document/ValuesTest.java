package io.datastored.config.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.config.ByteSize;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.config.MaintenanceText;
import io.datastored.config.PropertyFault;
import io.datastored.file.Digest;
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
        .hasMessageContaining("is not a datastore name: ");
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
    "1e3, 1000, 1KB",
    "+5, 5, 5",
    "-0, 0, 0",
    "5i, 5, 5",
    "5iB, 5, 5",
    "5.G, 5000000000, 5GB",
    "nan, 0, 0",
    "8192PiB, 9223372036854775807, 9223372036854775807",
    "1e999999999, 9223372036854775807, 9223372036854775807",
    "Infinity, 9223372036854775807, 9223372036854775807",
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
        "", "B", "GiB", "-1", "1 Ib", "1..5", ".", "x", "1XB", "-inf", "1 2", " 1", "1e", "0x1",
        "1d"
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
    "plain, plain, plain",
    "a%20b, a b, a b",
    "100% done, 100% done, 100% done",
    "50%2520off, 50%20off, 50%2520off",
    "%c3%BC, ü, ü",
    "%, %, %",
    "%4, %4, %4",
    "%41%, A%, A%",
    "%%411, %A1, %25A1"
  })
  void maintenanceMessage_isDecodedWhenRead_andEncodedWhereItMustBe(
      String stored, String message, String written) throws Exception {
    MaintenanceSetting setting = MaintenanceText.parse("offline,message=" + stored);

    assertThat(setting.message()).contains(message);
    assertThat(MaintenanceText.print(setting)).contains("offline,message=" + written);
    assertThat(MaintenanceText.parse("offline,message=" + written)).isEqualTo(setting);
  }

  @Test
  void maintenanceMessage_thatIsNotUtf8WhenDecoded_isNone() throws Exception {
    assertThat(MaintenanceText.parse("offline,message=%ff").message()).isEmpty();
  }

  @Test
  void maintenanceMessage_thatHidesALineFeed_isReadAndRefusedWhenAskedFor() throws Exception {
    MaintenanceSetting setting = MaintenanceText.parse("offline,message=a%0Ab%C2%85");

    assertThat(setting.message()).contains("a\nb\u0085");
    assertThat(MaintenanceSetting.faults(MaintenanceMode.OFFLINE, Optional.of("a\u0085b")))
        .extracting(PropertyFault::message)
        .containsExactly("message contains the control character U+0085 (next line)");
  }

  @Test
  void maintenanceMessage_isAsLongAsItIsWritten() {
    assertThat(MaintenanceSetting.faults(MaintenanceMode.OFFLINE, Optional.of("%".repeat(64))))
        .isEmpty();
    assertThat(
            MaintenanceSetting.faults(MaintenanceMode.OFFLINE, Optional.of("%41" + "x".repeat(60))))
        .extracting(PropertyFault::message)
        .containsExactly("message has 65 characters; at most 64 are allowed");
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

  /** What is served instead is OFFLINE where no other mode is told. */
  @ParameterizedTest
  @CsvSource({
    "'maintenance-mode paused', paused",
    "'maintenance-mode type=paused,message=swap', paused",
    "'maintenance-mode none', none",
    "'maintenance-mode Offline', Offline",
    "'maintenance-mode read-only,colour=red', 'read-only,colour=red'",
    "'maintenance-mode offline,colour=red', 'offline,colour=red'",
    "'maintenance-mode offline,message=\"a\\nb\"',",
    "'maintenance-mode offline,message=\"abc', 'offline,message=\"abc'",
    "'maintenance-mode', maintenance-mode",
    "'maintenence-mode read-only', read-only",
    "'maintenence-mode offline',",
    "'maintenence-mode', maintenence-mode",
    "'maintenance-mode read-only\n\tmaintenance-mode delete', delete",
    "'maintenance-mode delete\n\tmaintenance-mode none',",
    "'maintenance-mode a\u202eb', 'a\ufffdb'",
    "'verify-new perhaps\n\tmaintenance-mode paused', paused",
    "'verify-new perhaps\n\tmaintenance-mode read-only',",
  })
  void unreadableMode_isKnownAsWritten(String lines, String asWritten) {
    String text = "datastore: main\n\tpath /srv/main\n\t" + lines + "\n";
    assertThat(ConfigDocument.parse(text.getBytes(UTF_8)).faultySections())
        .singleElement()
        .satisfies(
            faulty -> assertThat(faulty.modeAsWritten()).isEqualTo(Optional.ofNullable(asWritten)));
  }
}
