package io.datastored.engine.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.engine.Engine;
import io.datastored.engine.EngineFiles;
import io.datastored.engine.EngineFixture;
import io.datastored.engine.Intent;
import io.datastored.engine.MaintenanceChange;
import io.datastored.engine.WriteOutcome;
import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.engine.WriteOutcome.Written;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Setting and leaving maintenance modes; what a mode does is in {@link MaintenanceTableTest}. */
final class MaintenanceTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final String CONFIG = "datastore: main\n\tpath /srv/main\n";
  private static final Instant END = Instant.parse("2026-01-02T05:00:00Z");

  @TempDir Path directory;

  private final EngineFixture fixture = EngineFixture.with(CONFIG);

  @AfterEach
  void close() {
    fixture.close();
  }

  private static MaintenanceChange change(
      MaintenanceSetting setting, Optional<Instant> end, Optional<Etag> expected) {
    return new MaintenanceChange(MAIN, setting, end, Optional.of("ann"), expected);
  }

  private WriteOutcome set(MaintenanceSetting setting, Optional<Instant> end, Optional<Etag> etag) {
    return fixture.engine().setMaintenance(change(setting, end, etag), Intent.COMMIT);
  }

  private WriteOutcome set(MaintenanceMode mode, Optional<Etag> etag) {
    return set(MaintenanceSetting.of(mode), Optional.empty(), etag);
  }

  private Datastore main() {
    return fixture.engine().snapshot().find(MAIN).orElseThrow();
  }

  private static void assertRejected(WriteOutcome outcome, Rejected.Reason reason) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Rejected.class, rejected -> assertThat(rejected.reason()).isEqualTo(reason));
  }

  private static Maintenance previous(WriteOutcome outcome) {
    return ((Written) outcome).previous();
  }

  /** The same answer, but for that this time nothing was changed. */
  private static Written repeated(Written first) {
    return new Written(first.datastore(), first.revision(), first.revision(), first.previous());
  }

  @Test
  void set_firstAnswerLost_repeatWithTheOlderEtagAnswersTheSame() {
    fixture.setMode(MAIN, MaintenanceMode.READ_ONLY);
    Maintenance readOnly = main().maintenance();
    Etag etag = main().etag();
    MaintenanceSetting offline = MaintenanceSetting.of(MaintenanceMode.OFFLINE, "swap");
    WriteOutcome first = set(offline, Optional.of(END), Optional.of(etag));
    assertThat(previous(first)).isEqualTo(readOnly);
    Datastore after = main();
    WriteOutcome repeated = set(offline, Optional.of(END), Optional.of(etag));
    assertThat(repeated).isEqualTo(repeated((Written) first));
    assertThat(main()).isSameAs(after);
  }

  @Test
  void set_olderEtagAndAnotherEnd_isAMismatch() {
    Etag etag = main().etag();
    MaintenanceSetting offline = MaintenanceSetting.of(MaintenanceMode.OFFLINE);
    assertThat(set(offline, Optional.of(END), Optional.of(etag))).isInstanceOf(Written.class);
    assertRejected(
        set(offline, Optional.of(END.plusSeconds(1)), Optional.of(etag)),
        Rejected.Reason.ETAG_MISMATCH);
    assertRejected(
        set(
            MaintenanceSetting.of(MaintenanceMode.OFFLINE, "other words"),
            Optional.of(END),
            Optional.of(etag)),
        Rejected.Reason.ETAG_MISMATCH);
  }

  @Test
  void clear_repeated_answersWhatWasCleared() {
    fixture.setMode(MAIN, MaintenanceMode.OFFLINE);
    Etag etag = main().etag();
    WriteOutcome first = set(MaintenanceMode.NONE, Optional.of(etag));
    assertThat(set(MaintenanceMode.NONE, Optional.of(etag))).isEqualTo(repeated((Written) first));
    assertThat(previous(first).mode()).isEqualTo(MaintenanceMode.OFFLINE);
  }

  @Test
  void delete_leftWithoutEtag_isRefused_withTheOldOneToo() {
    Etag before = main().etag();
    fixture.setMode(MAIN, MaintenanceMode.DELETE);
    assertRejected(
        set(MaintenanceMode.NONE, Optional.empty()), Rejected.Reason.MODE_CHANGE_REFUSED);
    assertRejected(set(MaintenanceMode.NONE, Optional.of(before)), Rejected.Reason.ETAG_MISMATCH);
    assertThat(main().maintenance().mode()).isEqualTo(MaintenanceMode.DELETE);
  }

  @Test
  void delete_leftWithThePresentEtag_isCleared() {
    fixture.setMode(MAIN, MaintenanceMode.DELETE);
    WriteOutcome outcome = set(MaintenanceMode.OFFLINE, Optional.of(main().etag()));
    assertThat(previous(outcome).mode()).isEqualTo(MaintenanceMode.DELETE);
    assertThat(main().maintenance().mode()).isEqualTo(MaintenanceMode.OFFLINE);
  }

  @Test
  void generation_isThatOfTheMode_andStaysWhenTheSettingsChange() {
    fixture.setMode(MAIN, MaintenanceMode.OFFLINE);
    var set = main().generation();
    assertThat(main().maintenance().generation()).isEqualTo(set);
    WriteOutcome unused = EngineFiles.comment(fixture.engine(), "main", "changed");
    assertThat(main().generation()).isNotEqualTo(set);
    assertThat(main().maintenance().generation()).isEqualTo(set);
    fixture.setMode(MAIN, MaintenanceMode.NONE);
    fixture.setMode(MAIN, MaintenanceMode.OFFLINE);
    assertThat(main().maintenance().generation()).isEqualTo(main().generation());
  }

  @Test
  void modeBefore_outlivesARestart() throws Exception {
    EngineFiles files = new EngineFiles(directory).write(CONFIG);
    MaintenanceChange offline =
        change(
            MaintenanceSetting.of(MaintenanceMode.OFFLINE, "swap: disk, 2"),
            Optional.of(END),
            Optional.empty());
    WriteOutcome first;
    try (Engine engine = Engine.open(files.options())) {
      WriteOutcome unused = EngineFiles.mode(engine, "main", MaintenanceMode.READ_ONLY);
      first = engine.setMaintenance(offline, Intent.COMMIT);
    }
    try (Engine engine = Engine.open(files.options())) {
      WriteOutcome again = engine.setMaintenance(offline, Intent.COMMIT);
      assertThat(previous(again)).isEqualTo(previous(first));
      assertThat(previous(again).mode()).isEqualTo(MaintenanceMode.READ_ONLY);
      assertThat(((Written) again).datastore().maintenance())
          .isEqualTo(((Written) first).datastore().maintenance());
    }
  }
}
