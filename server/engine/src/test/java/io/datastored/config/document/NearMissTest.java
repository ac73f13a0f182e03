package io.datastored.config.document;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.MaintenanceMode;
import io.datastored.config.Property;
import io.datastored.config.document.FaultySection.ModeLine;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NearMissTest {

  private static final String PATH = "datastore: main\n\tpath /srv/main\n";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "maintenance-mode: offline  | maintenance-mode",
        "maintenance_mode offline   | maintenance-mode",
        "Maintenance-Mode offline   | maintenance-mode",
        "MAINTENANCE_MODE: offline  | maintenance-mode",
        "maintainance-mode offline  | maintenance-mode",
        "maintenance-mode=offline   | maintenance-mode",
        "maintenance-mode = offline | maintenance-mode",
        "maintenance-mode:offline   | maintenance-mode",
        "maintenance-mode:          | maintenance-mode",
        "maintenancemode offline    | maintenance-mode",
        "maintenance–mode offline   | maintenance-mode",
        "maintenance mode offline   | maintenance-mode",
        "--maintenance-mode offline | maintenance-mode",
        "mantenance-mdoe offline    | maintenance-mode",
        "gc-shedule daily           | gc-schedule",
        "GC-Schedule daily          | gc-schedule",
        "gc schedule daily          | gc-schedule",
        "verifynew true             | verify-new",
        "verify_new: true           | verify-new",
        "comments x                 | comment",
        "coment x                   | comment",
        "Comment x                  | comment",
        "keep_last 3                | keep-last",
        "kep-lsat 3                 | keep-last",
        "notifications gc=error     | ",
        "tunning chunk-order=none   | tuning",
        "Path: /srv                 | path"
      })
  void parse_keyThatIsNearAKnownOne_isAFaultThatAsksForIt(String line, String meant) {
    ConfigDocument document = ConfigDocument.parse(PATH + "\t" + line + "\n");

    if (meant == null) {
      assertThat(document.isFaultless()).isTrue();
      return;
    }
    if (meant.equals("maintenance-mode") && line.contains("-mode =")) {
      // The key is right, and what stands behind it is no mode.
      assertThat(document.faultySections().get(0).modeLine()).isEqualTo(ModeLine.UNREADABLE);
      return;
    }
    assertThat(document.faultySections()).hasSize(1);
    FaultySection faulty = document.faultySections().get(0);
    assertThat(faulty.faults()).hasSize(1);
    assertThat(faulty.faults().get(0).line()).isEqualTo(3);
    assertThat(faulty.faults().get(0).column()).isEqualTo(2);
    assertThat(faulty.faults().get(0).message()).contains("did you mean '" + meant + "'?");
    boolean closes = meant.equals("maintenance-mode");
    assertThat(faulty.modeLine()).isEqualTo(closes ? ModeLine.UNREADABLE : ModeLine.ABSENT);
    assertThat(faulty.maintenance().mode())
        .isEqualTo(closes ? MaintenanceMode.OFFLINE : MaintenanceMode.NONE);
    assertThat(faulty.settings().isPresent()).isEqualTo(closes);
  }

  static Stream<String> known() {
    return PbsSchema.keys().stream();
  }

  @ParameterizedTest
  @MethodSource("known")
  void parse_keyOfTheSchema_isNoNearMiss(String key) {
    assertThat(Property.isKnown(key)).isTrue();
    ConfigDocument document = ConfigDocument.parse("datastore: main\n\t" + key + " \n");
    document
        .faultySections()
        .forEach(
            section ->
                assertThat(section.faults())
                    .noneMatch(fault -> fault.message().contains("did you mean")));
  }

  @Test
  void schema_hasEveryKnownProperty_andNoOther() {
    assertThat(PbsSchema.keys())
        .containsExactlyElementsOf(
            Stream.of(Property.values()).map(Property::key).sorted().toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "verify-mode fast",
        "encryption-key k",
        "keep 1",
        "digest 1",
        "type x",
        "foo bar",
        "mode x",
        "maintenance offline",
        "sync-schedule daily",
        "x-path /a",
        "# path x",
        "backup-mode x"
      })
  void parse_keyThatIsNotNear_isKept(String line) {
    assertThat(ConfigDocument.parse(PATH + "\t" + line + "\n").isFaultless()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"path: /srv/main", "Path /srv/main", "paht /srv/main", "path=/srv/main"})
  void parse_nearMissOfThePath_isTheOnlyFault(String line) {
    ConfigDocument document = ConfigDocument.parse("datastore: main\n\t" + line + "\n");

    assertThat(document.faultySections().get(0).faults())
        .extracting(ConfigFault::line)
        .containsExactly(2);
  }

  @Test
  void parse_nearMissBesideTheLineItself_closesWhicheverComesFirst() {
    String near = "\tmaintenance_mode read-only\n";
    String mode = "\tmaintenance-mode read-only\n";
    for (String lines : new String[] {near + mode, mode + near}) {
      FaultySection faulty = ConfigDocument.parse(PATH + lines).faultySections().get(0);
      assertThat(faulty.modeLine()).isEqualTo(ModeLine.UNREADABLE);
      assertThat(faulty.maintenance().mode()).isEqualTo(MaintenanceMode.OFFLINE);
    }
    FaultySection deleted =
        ConfigDocument.parse(PATH + "\tmaintenance-mode delete\n" + near).faultySections().get(0);
    assertThat(deleted.maintenance().mode()).isEqualTo(MaintenanceMode.DELETE);
  }

  @Test
  void parse_innerKeyThatIsNear_isAskedFor() {
    ConfigDocument document = ConfigDocument.parse(PATH + "\ttuning chunk-oder=none\n");

    assertThat(document.faultySections().get(0).faults().get(0).message())
        .isEqualTo("tuning has the unknown key 'chunk-oder'; did you mean 'chunk-order'?");
  }
}
