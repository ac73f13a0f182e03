package io.datastored.config.document;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.DatastoreSettingsBuilder;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.config.ParseError;
import io.datastored.config.Property;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Changes that Proxmox Backup Server 4.2.3 made to files, with what is written here. The two differ
 * in what stands in quotes, and in a mode that is already there: it keeps its spelling.
 */
final class OracleChangesTest {

  private static final Path MOUNTS = Path.of("/mnt/datastore");

  static Stream<OracleCase> cases() throws Exception {
    return OracleCase.all("changes.txt").stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void withSection_writesWhatIsExpected_andTheOriginalReadsIt(OracleCase given) throws Exception {
    ConfigDocument document = ConfigDocument.parse(given.input());
    List<String> whose = List.of(given.lines().get(0).get(1).split(" "));
    DatastoreName name = DatastoreName.of(whose.get(0));

    ConfigDocument next =
        whose.contains("remove") ? document.withoutSection(name) : changed(document, name, given);

    assertThat(next.toText()).isEqualTo(line(given, ">").orElseThrow());
    assertThat(next.pbsNotes()).isEmpty();
  }

  private static ConfigDocument changed(
      ConfigDocument document, DatastoreName name, OracleCase given) throws ParseError {
    Optional<ConfigSection> present = Optional.ofNullable(document.sections().get(name));
    DatastoreSettingsBuilder settings =
        present.map(section -> section.settings().toBuilder()).orElse(DatastoreSettings.builder());
    for (List<String> line : given.lines()) {
      String rest = line.get(1);
      if (line.get(0).equals("set")) {
        int blank = rest.indexOf(' ');
        Property property = Property.find(rest, 0, blank);
        property.read(OracleCase.text(rest.substring(blank + 1)), settings);
      } else if (line.get(0).equals("unset")) {
        unset(rest, settings);
      }
    }
    DatastoreSettings wanted = settings.build();
    assertThat(document.writeFaultsOf(name, wanted, MOUNTS)).isEmpty();
    return document.withSection(name, wanted, mode(given, present));
  }

  private static void unset(String key, DatastoreSettingsBuilder settings) {
    switch (key) {
      case "comment" -> settings.comment(Optional.empty());
      case "gc-schedule" -> settings.gcSchedule(Optional.empty());
      case "gc-on-unmount" -> settings.gcOnUnmount(Optional.empty());
      case "verify-new" -> settings.verifyNew(Optional.empty());
      case "notify-user" -> settings.notifyUser(Optional.empty());
      case "notify" -> settings.notifications(Optional.empty());
      case "notification-mode" -> settings.notificationMode(Optional.empty());
      case "notification-thresholds" -> settings.notificationThresholds(Optional.empty());
      case "counter-reset-schedule" -> settings.counterResetSchedule(Optional.empty());
      case "tuning" -> settings.tuning(Optional.empty());
      case "maintenance-mode" -> {}
      default -> throw new AssertionError(key);
    }
  }

  private static MaintenanceSetting mode(OracleCase given, Optional<ConfigSection> present) {
    Optional<String> mode = line(given, "mode");
    if (mode.isPresent()) {
      List<String> words = List.of(mode.get().split(" ", 2));
      return new MaintenanceSetting(
          MaintenanceMode.fromWord(words.get(0)).orElseThrow(),
          words.size() > 1 ? Optional.of(words.get(1)) : Optional.empty());
    }
    return given.lines().contains(List.of("unset", "maintenance-mode"))
        ? MaintenanceSetting.NONE
        : present.map(ConfigSection::maintenance).orElse(MaintenanceSetting.NONE);
  }

  private static Optional<String> line(OracleCase given, String word) {
    return given.lines().stream()
        .filter(line -> line.get(0).equals(word))
        .map(line -> OracleCase.text(line.get(1)))
        .findFirst();
  }
}
