package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Invariant 2: what happens between the count and the second look, step by step. */
final class LookupRaceTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final String CONFIG = "datastore: main\n\tcomment first\n\tpath /srv/main\n";

  private final SteppedDoorbell doorbell = new SteppedDoorbell();
  private final EngineFixture fixture = EngineFixture.with(CONFIG, doorbell);
  private final Engine engine = fixture.engine();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void lookup_modeSetBetweenCountAndLook_isRefusedAndLeavesNoCount() {
    doorbell.beforeSecondLook.add(
        () -> {
          assertThat(engine.operations(MAIN)).isEqualTo(new OperationCounts(0, 1));
          fixture.setMode(MAIN, MaintenanceMode.OFFLINE);
        });
    assertThat(engine.lookup(MAIN, Operation.WRITE)).isInstanceOf(Refused.class);
    assertThat(engine.operations(MAIN)).isEqualTo(OperationCounts.NONE);
  }

  @Test
  void lookup_undoneAfterAnEvictingMode_leavesTheRuntimeClosed() {
    doorbell.beforeSecondLook.add(() -> fixture.setMode(MAIN, MaintenanceMode.OFFLINE));
    assertThat(engine.lookup(MAIN, Operation.READ)).isInstanceOf(Refused.class);
    assertThat(engine.snapshot().find(MAIN).orElseThrow().runtime().closed()).isTrue();
  }

  @Test
  void lookup_otherChangeBetweenCountAndLook_keepsTheCountAndDecidesOnTheNewSnapshot() {
    doorbell.beforeSecondLook.add(
        () -> {
          WriteOutcome unused =
              engine.update(
                  MAIN,
                  Optional.empty(),
                  settings -> settings.toBuilder().comment(Optional.of("second")).build(),
                  Intent.COMMIT);
        });
    try (Handle handle = engine.lookup(MAIN, Operation.WRITE).handle()) {
      assertThat(handle.datastore().settings().comment()).contains("second");
      assertThat(engine.operations(MAIN)).isEqualTo(new OperationCounts(0, 1));
    }
  }

  @Test
  void lookup_changesWithoutEnd_ends() {
    for (int i = 0; i < 100; i++) {
      String comment = "change " + i;
      doorbell.beforeSecondLook.add(
          () -> {
            WriteOutcome unused =
                engine.update(
                    MAIN,
                    Optional.empty(),
                    settings -> settings.toBuilder().comment(Optional.of(comment)).build(),
                    Intent.COMMIT);
          });
    }
    engine.lookup(MAIN, Operation.WRITE).handle().close();
    assertThat(doorbell.beforeSecondLook).as("one second look, no loop").hasSize(99);
  }

  @Test
  void lookup_movedBetweenCountAndLook_isCountedOnTheNewBasePathOnly() {
    doorbell.beforeSecondLook.add(
        () -> {
          Optional<java.time.Duration> unused =
              fixture.edit(CONFIG.replace("/srv/main", "/srv/moved"));
        });
    try (Handle handle = engine.lookup(MAIN, Operation.WRITE).handle()) {
      assertThat(handle.datastore().basePath().toString()).isEqualTo("/srv/moved");
      assertThat(engine.operations(MAIN)).isEqualTo(new OperationCounts(0, 1));
    }
    assertThat(engine.operations(MAIN)).isEqualTo(OperationCounts.NONE);
  }

  @Test
  void lookupNow_changeBetweenCountAndLook_leavesNoCount() {
    engine.lookup(MAIN, Operation.WRITE).handle().close();
    doorbell.beforeSecondLook.add(() -> fixture.setMode(MAIN, MaintenanceMode.READ_ONLY));
    assertThat(engine.lookupNow(MAIN, Operation.WRITE)).isEmpty();
    assertThat(engine.operations(MAIN)).isEqualTo(OperationCounts.NONE);
  }

  @Test
  void resume_modeSet_isCountedAllTheSame() {
    fixture.setMode(MAIN, MaintenanceMode.OFFLINE);
    try (Handle handle = engine.resume(MAIN, Operation.WRITE).handle()) {
      assertThat(handle.datastore().maintenance().mode()).isEqualTo(MaintenanceMode.OFFLINE);
      assertThat(engine.operations(MAIN)).isEqualTo(new OperationCounts(0, 1));
    }
    assertThat(engine.operations(MAIN)).isEqualTo(OperationCounts.NONE);
    assertThat(engine.snapshot().find(MAIN).orElseThrow().runtime().closed()).isTrue();
  }

  @Test
  void resume_removedBetweenCountAndLook_isRefusedAndLeavesNoCount() {
    doorbell.beforeSecondLook.add(() -> {});
    doorbell.beforeSecondLook.add(() -> fixture.edit("datastore: other\n\tpath /srv/other\n"));
    Lookup lookup = engine.resume(MAIN, Operation.WRITE);
    assertThat(((Refused) lookup).reason()).isEqualTo(Refused.Reason.UNKNOWN_DATASTORE);
    assertThat(engine.operations(MAIN)).isEqualTo(OperationCounts.NONE);
  }
}
