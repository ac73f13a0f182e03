package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.engine.BreakableStore.Failing;
import io.datastored.engine.health.TroubleCause;
import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import io.datastored.operation.Operation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is granted while an edit is known that cannot be committed. */
final class UncommittedEditTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final DatastoreName OTHER = DatastoreName.of("other");
  private static final String CONFIG =
      "datastore: main\n\tcomment first\n\tpath /srv/main\n\n"
          + "datastore: other\n\tpath /srv/other\n";
  private static final String OFFLINE =
      CONFIG.replace("\tcomment first\n", "\tmaintenance-mode offline\n");

  private final EngineFixture fixture = EngineFixture.with(CONFIG);
  private final Engine engine = fixture.engine();
  private final Revision before = engine.snapshot().revision();

  @AfterEach
  void close() {
    fixture.close();
  }

  private boolean granted(DatastoreName name, Operation operation) {
    Lookup lookup = engine.lookup(name, operation);
    if (lookup instanceof Handle handle) {
      handle.close();
      return true;
    }
    return false;
  }

  private void editInVain(String config) {
    fixture.disk().fail(Failing.PREPARE);
    assertThatThrownBy(() -> fixture.checkAfter(config))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("no space is left");
  }

  private void assertTrouble() {
    assertThat(engine.troubles().ofServer(TroubleCause.STATE).orElseThrow().message())
        .contains("cannot be accepted", "what it refuses is already refused", "no space is left");
  }

  @Test
  void offline_isObeyed_andCommittedOnceThereIsSpace() throws Exception {
    editInVain(OFFLINE);
    assertThat(granted(MAIN, Operation.WRITE)).isFalse();
    assertThat(granted(MAIN, Operation.READ)).isFalse();
    assertThat(granted(OTHER, Operation.WRITE)).isTrue();
    assertThat(engine.lookup(MAIN, Operation.WRITE))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.reason()).isEqualTo(Refused.Reason.NOT_READY);
              assertThat(refused.detail()).contains("maintenance mode offline", "no space is left");
            });
    assertThat(engine.verdict(MAIN, Operation.WRITE)).isPresent();
    assertThat(engine.snapshot().revision()).isEqualTo(before);
    assertTrouble();

    fixture.disk().fail(Failing.NOTHING);
    assertThat(fixture.look()).isEmpty();
    assertThat(engine.snapshot().find(MAIN).orElseThrow().maintenance().mode())
        .isEqualTo(MaintenanceMode.OFFLINE);
    assertThat(engine.snapshot().revision().generation()).isEqualTo(before.generation().next());
    assertThat(engine.troubles().ofServer()).isEmpty();
  }

  @Test
  void readOnly_isObeyed_asFarAsItGoes() {
    editInVain(CONFIG.replace("\tcomment first\n", "\tmaintenance-mode read-only\n"));
    assertThat(granted(MAIN, Operation.WRITE)).isFalse();
    assertThat(granted(MAIN, Operation.READ)).isTrue();
  }

  @Test
  void removed_isClosed() {
    editInVain("datastore: other\n\tpath /srv/other\n");
    assertThat(granted(MAIN, Operation.READ)).isFalse();
    assertThat(granted(MAIN, Operation.WRITE)).isFalse();
    assertThat(granted(OTHER, Operation.READ)).isTrue();
    assertTrouble();
  }

  @Test
  void unreadableMode_isClosed() {
    editInVain(CONFIG.replace("\tcomment first\n", "\tmaintenance-mode paused\n"));
    assertThat(granted(MAIN, Operation.READ)).isFalse();
    assertThat(granted(MAIN, Operation.WRITE)).isFalse();
  }

  @Test
  void modeThatIsLifted_staysInForce() {
    assertThat(fixture.edit(OFFLINE)).isEmpty();
    editInVain(CONFIG);
    assertThat(granted(MAIN, Operation.WRITE)).isFalse();
    assertThat(engine.lookup(MAIN, Operation.WRITE))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(Refused.Reason.UNDER_MAINTENANCE));
  }

  @Test
  void undone_isForgotten_andTheTroubleEndsWhenThereIsSpace() throws Exception {
    editInVain(OFFLINE);
    // Nothing is to be committed any more; whether anything could be is found out all the same.
    assertThatThrownBy(() -> fixture.checkAfter(CONFIG)).isInstanceOf(StoreException.class);
    assertThat(granted(MAIN, Operation.WRITE)).isTrue();
    fixture.disk().fail(Failing.NOTHING);
    assertThat(fixture.look()).isEmpty();
    assertThat(engine.troubles().ofServer()).isEmpty();
  }

  @Test
  void anotherEdit_isObeyedInItsPlace() {
    editInVain(OFFLINE);
    editInVain(CONFIG.replace("path /srv/other", "maintenance-mode offline\n\tpath /srv/other"));
    assertThat(granted(MAIN, Operation.WRITE)).isTrue();
    assertThat(granted(OTHER, Operation.WRITE)).isFalse();
  }

  @Test
  void change_isRefused_andNothingIsChanged() {
    editInVain(OFFLINE);
    assertThat(EngineFiles.comment(engine, "other", "second"))
        .isInstanceOfSatisfying(
            WriteOutcome.Rejected.class,
            rejected ->
                assertThat(rejected.reason())
                    .isEqualTo(WriteOutcome.Rejected.Reason.STORE_UNAVAILABLE));
  }

  @Test
  void change_onAFullDisk_isRefusedAndToldAsATrouble_untilThereIsSpace() {
    fixture.disk().fail(Failing.PREPARE);
    assertThat(EngineFiles.comment(engine, "main", "second"))
        .isInstanceOfSatisfying(
            WriteOutcome.Rejected.class,
            rejected ->
                assertThat(rejected.reason())
                    .isEqualTo(WriteOutcome.Rejected.Reason.STORE_UNAVAILABLE));
    assertThat(EngineFiles.comment(engine, "main")).isEqualTo("first");
    assertThat(engine.troubles().ofServer(TroubleCause.STATE)).isPresent();
    assertThat(granted(MAIN, Operation.WRITE)).isTrue();
    fixture.disk().fail(Failing.NOTHING);
    assertThat(fixture.look()).isEmpty();
    assertThat(engine.troubles().ofServer()).isEmpty();
  }

  @Test
  void change_halfCommitted_isOfUnknownOutcome_andObeyed() throws Exception {
    fixture.disk().fail(Failing.COMMIT);
    WriteOutcome outcome =
        engine.setMaintenance(
            new MaintenanceChange(
                MAIN,
                io.datastored.config.MaintenanceSetting.of(MaintenanceMode.OFFLINE),
                java.util.Optional.empty(),
                java.util.Optional.empty(),
                java.util.Optional.empty()),
            Intent.COMMIT);
    assertThat(outcome)
        .isInstanceOfSatisfying(
            WriteOutcome.Rejected.class,
            rejected -> {
              assertThat(rejected.reason()).isEqualTo(WriteOutcome.Rejected.Reason.OUTCOME_UNKNOWN);
              assertThat(rejected.detail()).contains("was replaced", "no space is left");
            });
    assertThat(granted(MAIN, Operation.WRITE)).as("the file says offline").isFalse();
    assertTrouble();
    fixture.disk().fail(Failing.NOTHING);
    assertThat(fixture.look()).isEmpty();
    assertThat(engine.snapshot().find(MAIN).orElseThrow().maintenance().mode())
        .isEqualTo(MaintenanceMode.OFFLINE);
  }

  @Test
  void descriptorsExhausted_changeThatCannotBeRead_closesAll() throws Exception {
    fixture.store().fail(StoreException.Reason.DESCRIPTORS);
    assertThatThrownBy(fixture::check).isInstanceOf(StoreException.class);
    assertThat(granted(MAIN, Operation.READ)).isFalse();
    assertThat(granted(OTHER, Operation.READ)).isFalse();
    fixture.store().heal();
    assertThat(fixture.look()).isEmpty();
    assertThat(granted(MAIN, Operation.READ)).isTrue();
    assertThat(engine.troubles().ofServer()).isEmpty();
  }
}
