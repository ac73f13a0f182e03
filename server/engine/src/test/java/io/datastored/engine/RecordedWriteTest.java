package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.engine.WriteOutcome.Removed;
import io.datastored.engine.WriteOutcome.Written;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What cannot be recorded is refused, unless it only refuses more. */
final class RecordedWriteTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final DatastoreName NEW = DatastoreName.of("new");

  private final EngineFixture fixture = EngineFixture.with("datastore: main\n\tpath /srv/main\n");
  private final Engine engine = fixture.engine();
  private Optional<String> obstacle = Optional.of("the record is full");
  private final Intent recorded = Intent.COMMIT.recorded(() -> obstacle);

  private WriteOutcome set(MaintenanceMode mode, Optional<String> message) {
    return engine.setMaintenance(
        new MaintenanceChange(
            MAIN,
            new MaintenanceSetting(mode, message),
            Optional.empty(),
            Optional.empty(),
            // Needed to leave mode delete.
            engine.snapshot().find(MAIN).map(present -> present.etag())),
        recorded);
  }

  private void assertRefused(WriteOutcome outcome) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Rejected.class,
            rejected -> {
              assertThat(rejected.reason()).isEqualTo(Rejected.Reason.STORE_UNAVAILABLE);
              assertThat(rejected.detail()).isEqualTo("the record is full");
            });
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void mode_fromService_isSet_andNotCleared(MaintenanceMode mode) {
    assertThat(set(mode, Optional.of("disk swap"))).isInstanceOf(Written.class);
    assertThat(set(mode, Optional.of("disk swap, longer"))).isInstanceOf(Written.class);
    assertRefused(set(MaintenanceMode.NONE, Optional.empty()));
    assertThat(engine.snapshot().find(MAIN).orElseThrow().maintenance().mode()).isEqualTo(mode);
    obstacle = Optional.empty();
    assertThat(set(MaintenanceMode.NONE, Optional.empty()))
        .isInstanceOfSatisfying(Written.class, written -> assertThat(written.changed()).isTrue());
  }

  @ParameterizedTest
  @CsvSource({
    "READ_ONLY, OFFLINE, true",
    "OFFLINE, UNMOUNT, true",
    "OFFLINE, DELETE, true",
    "OFFLINE, READ_ONLY, false",
    "DELETE, OFFLINE, false"
  })
  void mode_toAnother_isSetOnlyIfItRefusesAllThatThePresentOneDoes(
      MaintenanceMode from, MaintenanceMode to, boolean isSet) {
    assertThat(set(from, Optional.empty())).isInstanceOf(Written.class);
    WriteOutcome outcome = set(to, Optional.empty());
    if (isSet) {
      assertThat(outcome).isInstanceOf(Written.class);
    } else {
      assertRefused(outcome);
    }
  }

  @Test
  void nothingToChange_isNoChangeToRecord() {
    assertThat(set(MaintenanceMode.NONE, Optional.empty()))
        .isInstanceOfSatisfying(Written.class, written -> assertThat(written.changed()).isFalse());
  }

  @Test
  void settings_areNotWritten() {
    var settings = engine.snapshot().find(MAIN).orElseThrow().settings();
    assertRefused(engine.create(NEW, DatastoreSettings.of("/srv/new"), recorded));
    assertRefused(
        engine.update(
            MAIN, Optional.empty(), present -> DatastoreSettings.of("/srv/other"), recorded));
    assertThat(set(MaintenanceMode.DELETE, Optional.empty())).isInstanceOf(Written.class);
    assertRefused(engine.delete(MAIN, Optional.empty(), pass -> Optional.empty(), recorded));
    assertThat(engine.snapshot().find(NEW)).isEmpty();
    assertThat(engine.snapshot().find(MAIN).orElseThrow().settings()).isEqualTo(settings);
    obstacle = Optional.empty();
    assertThat(engine.create(NEW, DatastoreSettings.of("/srv/new"), recorded))
        .isInstanceOf(Written.class);
    assertThat(engine.delete(MAIN, Optional.empty(), pass -> Optional.empty(), recorded))
        .isInstanceOf(Removed.class);
  }

  @Test
  void validateOnly_tellsThatItWouldBeRefused() {
    assertRefused(
        engine.create(
            NEW, DatastoreSettings.of("/srv/new"), Intent.VALIDATE_ONLY.recorded(() -> obstacle)));
  }
}
