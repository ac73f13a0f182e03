package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.file.StoreException;
import io.datastored.history.LocalDoorbell;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import io.datastored.operation.ProcessOperations;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Invariant 3: one pass of zeros is believed only under one generation. */
final class ConsistentReadTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");

  private final SteppedCounters counters = new SteppedCounters();
  private final EngineFixture fixture =
      EngineFixture.with(
          "datastore: main\n\tpath /srv/main\n\ndatastore: other\n\tpath /srv/other\n",
          new LocalDoorbell(),
          counters);
  private final Engine engine = fixture.engine();

  @AfterEach
  void close() {
    assertThat(engine.operations(MAIN)).isEqualTo(OperationCounts.NONE);
    fixture.close();
  }

  @Test
  void pass_nothingChanges_isSteadyOnTheMode() throws Exception {
    Datastore offline = fixture.setMode(MAIN, MaintenanceMode.OFFLINE).datastore();
    ConsistentRead pass = engine.pass(MAIN);
    assertThat(pass.steady()).isTrue();
    assertThat(pass.datastore()).contains(offline);
    assertThat(pass.snapshot().revision()).isEqualTo(engine.snapshot().revision());
    assertThat(pass.processes()).isEmpty();
    assertThat(pass.counts()).isEqualTo(OperationCounts.NONE);
  }

  @Test
  void pass_modeClearedAndSetAgainWhileItCounts_isNotSteady() throws Exception {
    fixture.setMode(MAIN, MaintenanceMode.OFFLINE);
    counters.afterLooking(
        () -> {
          fixture.setMode(MAIN, MaintenanceMode.NONE);
          fixture.setMode(MAIN, MaintenanceMode.OFFLINE);
        });
    assertThat(engine.pass(MAIN).steady()).isFalse();
    assertThat(engine.pass(MAIN).steady()).as("the next one").isTrue();
  }

  @Test
  void pass_changeOfAnotherDatastoreWhileItCounts_isNotSteady() throws Exception {
    fixture.setMode(MAIN, MaintenanceMode.OFFLINE);
    counters.afterLooking(() -> fixture.commitElsewhere(DatastoreName.of("other"), "changed"));
    assertThat(engine.pass(MAIN).steady()).isFalse();
  }

  @Test
  void pass_onASnapshotBehindTheDoorbell_isNotSteady() throws Exception {
    Snapshot behind = engine.snapshot();
    fixture.setMode(MAIN, MaintenanceMode.OFFLINE);
    assertThat(fixture.parts().totals().pass(MAIN, behind).steady()).isFalse();
  }

  @Test
  void pass_changeElsewhereThatNobodyTold_isOnTheNewSnapshot() throws Exception {
    fixture.commitElsewhere(MAIN, "changed");
    ConsistentRead pass = engine.pass(MAIN);
    assertThat(pass.steady()).isTrue();
    assertThat(pass.datastore().orElseThrow().settings().comment()).contains("changed");
  }

  @Test
  void pass_operationInProgress_isTold() throws Exception {
    try (Handle handle = engine.lookup(MAIN, Operation.WRITE).handle()) {
      fixture.setMode(MAIN, MaintenanceMode.DELETE);
      ConsistentRead pass = engine.pass(MAIN);
      assertThat(pass.counts()).isEqualTo(new OperationCounts(0, 1));
      assertThat(pass.processes())
          .containsExactly(
              new ProcessOperations(
                  ProcessHandle.current().pid(), "here", new OperationCounts(0, 1), true, true));
      assertThat(handle.operation()).isEqualTo(Operation.WRITE);
    }
    assertThat(engine.pass(MAIN).processes()).isEmpty();
  }

  @Test
  void pass_idleRuntimeInAModeThatStays_isOpen() throws Exception {
    engine.lookup(MAIN, Operation.READ).handle().close();
    fixture.setMode(MAIN, MaintenanceMode.READ_ONLY);
    assertThat(engine.pass(MAIN).processes())
        .extracting(ProcessOperations::open, process -> process.counts().none())
        .containsExactly(org.assertj.core.groups.Tuple.tuple(true, true));
  }

  @Test
  void pass_datastoreRemoved_countsItsName() throws Exception {
    try (Handle handle = engine.lookup(MAIN, Operation.READ).handle()) {
      fixture.edit("datastore: other\n\tpath /srv/other\n");
      fixture.advance(new EngineTiming.Builder().build().settle());
      assertThat(fixture.look()).isEmpty();
      ConsistentRead pass = engine.pass(MAIN);
      assertThat(pass.datastore()).isEmpty();
      assertThat(pass.counts()).isEqualTo(new OperationCounts(1, 0));
      assertThat(handle.datastore().name()).isEqualTo(MAIN);
    }
  }

  @Test
  void pass_pathMovedDuringAnOperation_countsBothPaths() throws Exception {
    try (Handle before = engine.lookup(MAIN, Operation.READ).handle()) {
      WriteOutcome unused =
          engine.update(
              MAIN,
              java.util.Optional.empty(),
              settings -> settings.toBuilder().path("/srv/moved").build(),
              Intent.COMMIT);
      try (Handle after = engine.lookup(MAIN, Operation.WRITE).handle()) {
        assertThat(engine.operations(MAIN)).isEqualTo(new OperationCounts(1, 1));
        assertThat(after.datastore().basePath()).isNotEqualTo(before.datastore().basePath());
      }
    }
  }

  @Test
  void pass_nobodyCanTellWhoIsAlive_failsButACensusAnswers() {
    counters.unreadable(true);
    assertThatThrownBy(() -> engine.pass(MAIN))
        .isInstanceOf(StoreException.class)
        .hasMessage("the run directory is gone");
    try (Handle handle = engine.lookup(MAIN, Operation.READ).handle()) {
      assertThat(engine.operations(MAIN)).isEqualTo(new OperationCounts(1, 0));
      assertThat(handle.operation()).isEqualTo(Operation.READ);
    }
  }

  @Test
  void lookup_noRoomForACounter_isRefusedUntilThereIs() {
    counters.full(true);
    for (Operation operation : new Operation[] {Operation.READ, Operation.WRITE}) {
      assertThat(engine.lookup(MAIN, operation))
          .isInstanceOfSatisfying(
              Refused.class,
              refused -> {
                assertThat(refused.reason()).isEqualTo(Refused.Reason.NOT_READY);
                assertThat(refused.detail()).isEqualTo("no space is left for counters");
              });
      assertThat(engine.lookupNow(MAIN, operation)).as("only the disk can tell").isEmpty();
    }
    assertThat(engine.lookup(MAIN, Operation.LOOKUP))
        .as("is not counted")
        .isInstanceOf(Handle.class);
    assertThat(engine.operations(MAIN)).isEqualTo(OperationCounts.NONE);
    counters.full(false);
    try (Handle handle = engine.lookup(MAIN, Operation.WRITE).handle()) {
      assertThat(handle.operation()).isEqualTo(Operation.WRITE);
      counters.full(true);
      engine.lookup(MAIN, Operation.READ).handle().close();
      assertThat(engine.operations(MAIN)).isEqualTo(new OperationCounts(0, 1));
    }
  }

  @Test
  void close_handleOpen_keepsTheCountersInSightUntilItsRelease() {
    Handle first = engine.lookup(MAIN, Operation.READ).handle();
    Handle second = engine.lookup(DatastoreName.of("other"), Operation.WRITE).handle();
    engine.close();
    assertThat(counters.closed()).isFalse();
    first.close();
    assertThat(counters.closed()).as("another one works").isFalse();
    assertThat(engine.operations(DatastoreName.of("other"))).isEqualTo(new OperationCounts(0, 1));
    second.close();
    assertThat(counters.closed()).isTrue();
  }

  @Test
  void close_idle_takesTheCountersAwayAtOnce() {
    engine.lookup(MAIN, Operation.READ).handle().close();
    engine.close();
    assertThat(counters.closed()).isTrue();
    engine.close();
  }
}
