package io.datastored.config.document;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.Iterables;
import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The odd inputs whose outcome upstream is known, with ours beside it. */
final class UpstreamInputsTest {

  /**
   * One input.
   *
   * @param upstream what upstream makes of it: the line with which the whole file fails, or
   *     "accepted"
   * @param good the datastores that we serve
   * @param faults our faults, as {@code line:property}, of sections first
   */
  record Row(String id, String input, String upstream, String good, String faults) {
    @Override
    public String toString() {
      return id;
    }
  }

  private static final String BASE = "datastore: s01\n\tpath /a\n";
  private static final String OTHER = "\ndatastore: s02\n\tpath /b\n";

  private static Row row(String id, String input, String upstream, String good, String faults) {
    return new Row(id, input, upstream, good, faults);
  }

  static Stream<Row> rows() {
    return Stream.of(
        row("1 comment before the first header", "# note\n" + BASE, "1", "s01", ""),
        row("2 comment at column 0", "datastore: s01\n# note\n\tpath /a\n", "2", "s01", ""),
        row("3 indented comment", "datastore: s01\n\t# note\n\tpath /a\n", "2", "s01", ""),
        row("4 no empty line", BASE + OTHER.substring(1), "3", "s02", "3:"),
        row("5 property behind an empty line", BASE + "\n\tcomment x\n" + OTHER, "4", "s02", "4:"),
        row("6 no path", "datastore: s01\n\tcomment x\n" + OTHER, "3", "s02", "1:path"),
        row("7 path twice", BASE + "\tpath /c\n" + OTHER, "3", "s02", "3:path"),
        row("8 newer property", BASE + "\tnewer-one x y\n", "3", "s01", ""),
        row("9 id too short", "datastore: s1\n\tpath /a\n" + OTHER, "1", "s02", "1:"),
        row("9 id with a blank", "datastore: my store\n\tpath /a\n" + OTHER, "1", "s02", "1:"),
        row("9 no id", "datastore:\n\tpath /a\n" + OTHER, "1", "s02", "1:"),
        row("10 no value", BASE + "\tverify-new\n" + OTHER, "3", "s02", "3:verify-new"),
        row("11 not indented", "datastore: s01\npath /a\n" + OTHER, "2", "s02", "2:"),
        row("12 indented header", " datastore: s01\n\tpath /a\n" + OTHER, "1", "s02", "1:"),
        row("13 unknown type", "store: s01\n\tpath /a\n" + OTHER, "1", "s02", "1:"),
        row("14 keep-last 0", BASE + "\tkeep-last 0\n" + OTHER, "3", "s02", "3:keep-last"),
        row("14 maybe", BASE + "\tverify-new maybe\n" + OTHER, "3", "s02", "3:verify-new"),
        row("14 long comment", BASE + comment(129) + OTHER, "3", "s02", "3:comment"),
        row("15 unknown mode", mode("paused") + OTHER, "3", "s02", "3:maintenance-mode"),
        row("16 comma", mode("offline,message=swap, soon"), "3", "", "3:maintenance-mode"),
        row("17 blank in key", mode("offline, message=x"), "3", "", "3:maintenance-mode"),
        row("18 open quote", mode("offline,message=\"abc"), "3", "", "3:maintenance-mode"),
        row("19 line feed", mode("offline,message=\"a\\nb\""), "3", "", "3:maintenance-mode"),
        row("a id twice", BASE + "\n" + BASE + OTHER, "accepted", "s01,s02", "4:"),
        row("b name in the body", BASE + "\tname other\n", "accepted", "s01", ""),
        row("c relative", "datastore: s01\n\tpath rel/dir\n" + OTHER, "accepted", "s02", "2:path"),
        row("d empty comment", BASE + "\tcomment  \n", "accepted", "s01", ""),
        row("e line ends", "datastore:s01\r\n\tpath /a\r\n \t\r\n", "accepted", "s01", ""),
        row("f trailing comma", mode("offline,"), "accepted", "s01", ""),
        row("g no byte", "", "accepted", "", ""));
  }

  private static String mode(String value) {
    return BASE + "\tmaintenance-mode " + value + "\n";
  }

  private static String comment(int length) {
    return "\tcomment " + "x".repeat(length) + "\n";
  }

  @ParameterizedTest
  @MethodSource("rows")
  void parse_oddInput_isContained(Row row) {
    ConfigDocument document = ConfigDocument.parse(row.input());

    assertThat(
            String.join(",", Iterables.transform(document.sections().keySet(), Object::toString)))
        .isEqualTo(row.good());
    Stream<ConfigFault> faults =
        Stream.concat(
            document.faultySections().stream().flatMap(section -> section.faults().stream()),
            document.faults().stream());
    assertThat(faults.map(fault -> fault.line() + ":" + fault.property()))
        .as(document.faultySections() + " " + document.faults())
        .isEqualTo(row.faults().isEmpty() ? List.of() : List.of(row.faults()));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void parse_unreadableMode_closesTheDatastore(Row row) {
    for (FaultySection section : ConfigDocument.parse(row.input()).faultySections()) {
      if (row.faults().endsWith("maintenance-mode")) {
        assertThat(section.modeLine()).isEqualTo(FaultySection.ModeLine.UNREADABLE);
        assertThat(section.maintenance().mode()).isEqualTo(MaintenanceMode.OFFLINE);
        assertThat(section.settings()).contains(DatastoreSettings.of("/a"));
      } else {
        assertThat(section.modeLine()).isEqualTo(FaultySection.ModeLine.ABSENT);
        assertThat(section.maintenance()).isEqualTo(MaintenanceSetting.NONE);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void rewrite_oddInput_keepsEveryOtherLine(Row row) {
    ConfigDocument before = ConfigDocument.parse(row.input());
    DatastoreName added = DatastoreName.of("added");

    ConfigDocument after =
        before.withSection(added, DatastoreSettings.of("/added"), MaintenanceSetting.NONE);

    String lineFeed = row.input().contains("\r\n") ? "\r\n" : "\n";
    assertThat(after.toText())
        .startsWith(before.toText())
        .endsWith("datastore: added\n\tpath /added\n".replace("\n", lineFeed));
    assertThat(after.sections()).containsAllEntriesOf(before.sections()).containsKey(added);
    assertThat(after.faults()).isEqualTo(before.faults());
    assertThat(after.faultySections()).isEqualTo(before.faultySections());
    assertThat(after.withoutSection(added).toText().stripTrailing())
        .isEqualTo(before.toText().stripTrailing());
  }
}
