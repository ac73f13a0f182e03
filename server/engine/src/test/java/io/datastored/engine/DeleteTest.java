package io.datastored.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.MaintenanceMode;
import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.engine.WriteOutcome.Removed;
import io.datastored.engine.snapshot.Etag;
import io.datastored.history.Revision;
import io.datastored.operation.Operation;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The removal of a section. */
final class DeleteTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final Function<ConsistentRead, Optional<String>> NOTHING_IN_THE_WAY =
      pass -> Optional.empty();
  private static final Function<ConsistentRead, Optional<String>> COUNTS =
      pass -> pass.counts().none() ? Optional.empty() : Optional.of("somebody works on it");
  private static final String BEFORE =
      "# of the whole file\n\ndatastore: first\n\tpath /srv/first\n\n# about main\n";
  private static final String SECTION =
      "datastore: main\n\t# inside\n\tmaintenance-mode type=delete\n\tpath /srv/main\n";
  private static final String AFTER = "# about third\ndatastore: third\n\tpath /srv/third\n";

  private EngineFixture fixture = EngineFixture.with(BEFORE + SECTION + "\n" + AFTER);

  @AfterEach
  void close() {
    fixture.close();
  }

  private WriteOutcome delete(Function<ConsistentRead, Optional<String>> inTheWay, Intent intent) {
    return fixture.engine().delete(MAIN, Optional.empty(), inTheWay, intent);
  }

  private WriteOutcome delete() {
    return delete(NOTHING_IN_THE_WAY, Intent.COMMIT);
  }

  private String file() {
    return new String(fixture.store().content().bytes(), UTF_8);
  }

  private static void assertRejected(WriteOutcome outcome, Rejected.Reason reason, String detail) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Rejected.class,
            rejected -> {
              assertThat(rejected.reason()).isEqualTo(reason);
              assertThat(rejected.detail()).contains(detail);
            });
  }

  @Test
  void delete_drained_removesTheSectionAndTouchesNoOtherLine() {
    long before = EngineFiles.generation(fixture.engine());
    Revision seen = fixture.engine().snapshot().revision();
    WriteOutcome outcome = delete();
    assertThat(outcome).isEqualTo(new Removed(seen, fixture.engine().snapshot().revision()));
    assertThat(EngineFiles.generation(fixture.engine())).isEqualTo(before + 1);
    assertThat(fixture.engine().snapshot().find(MAIN)).isEmpty();
    assertThat(fixture.engine().snapshot().removed()).containsKey(MAIN);
    assertThat(file())
        .as("a comment inside goes, one above stays and does not come to speak of the next section")
        .isEqualTo(BEFORE + "\n" + AFTER);
    assertThat(fixture.engine().lookup(MAIN, Operation.LOOKUP))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(Refused.Reason.UNKNOWN_DATASTORE));
  }

  @Test
  void delete_again_isUnknown() {
    assertThat(delete()).isInstanceOf(Removed.class);
    assertRejected(delete(), Rejected.Reason.UNKNOWN_DATASTORE, "no such datastore 'main'");
  }

  @Test
  void delete_validateOnly_changesNothing() {
    String before = file();
    Revision seen = fixture.engine().snapshot().revision();
    assertThat(delete(NOTHING_IN_THE_WAY, Intent.VALIDATE_ONLY)).isEqualTo(new Removed(seen, seen));
    assertThat(file()).isEqualTo(before);
    assertThat(fixture.engine().snapshot().find(MAIN)).isPresent();
  }

  @Test
  void delete_inAnotherMode_isInUse() {
    fixture = EngineFixture.with("datastore: main\n\tpath /srv/main\n");
    for (MaintenanceMode mode : MaintenanceMode.values()) {
      if (mode != MaintenanceMode.DELETE) {
        fixture.setMode(MAIN, mode);
        assertRejected(delete(), Rejected.Reason.IN_USE, "is in maintenance mode " + mode.word());
      }
    }
    assertThat(fixture.engine().snapshot().find(MAIN)).isPresent();
  }

  @Test
  void delete_somethingInTheWay_isInUseUntilItIsGone() {
    fixture = EngineFixture.with("datastore: main\n\tpath /srv/main\n");
    try (Handle handle = fixture.engine().lookup(MAIN, Operation.WRITE).handle()) {
      fixture.setMode(MAIN, MaintenanceMode.DELETE);
      assertRejected(delete(COUNTS, Intent.COMMIT), Rejected.Reason.IN_USE, "somebody works on it");
      assertThat(fixture.engine().snapshot().find(MAIN)).isPresent();
      assertThat(handle.operation()).isEqualTo(Operation.WRITE);
    }
    assertThat(delete(COUNTS, Intent.COMMIT)).isInstanceOf(Removed.class);
  }

  @Test
  void delete_passIsMadeUnderTheLock_onTheModeThatIsRemoved() {
    AtomicReference<ConsistentRead> seen = new AtomicReference<>();
    assertThat(
            delete(
                pass -> {
                  seen.set(pass);
                  return Optional.of("not yet");
                },
                Intent.COMMIT))
        .isInstanceOf(Rejected.class);
    assertThat(seen.get().steady()).isTrue();
    assertThat(seen.get().datastore().orElseThrow().maintenance().mode())
        .isEqualTo(MaintenanceMode.DELETE);
  }

  @Test
  void delete_modeClearedInTheFileRightBefore_isInUse() {
    fixture.beforeLock(
        () -> fixture.store().edit(file().replace("type=delete", "type=offline").getBytes(UTF_8)));
    fixture.advance(new EngineTiming.Builder().build().settleLimit());
    WriteOutcome outcome = delete();
    assertRejected(outcome, Rejected.Reason.IN_USE, "is in maintenance mode offline");
  }

  @Test
  void delete_otherEtag_isAMismatch() {
    WriteOutcome outcome =
        fixture
            .engine()
            .delete(MAIN, Optional.of(new Etag("older")), NOTHING_IN_THE_WAY, Intent.COMMIT);
    assertRejected(outcome, Rejected.Reason.ETAG_MISMATCH, "has changed");
  }

  @Test
  void delete_presentEtag_removes() {
    Etag etag = fixture.engine().snapshot().find(MAIN).orElseThrow().etag();
    assertThat(fixture.engine().delete(MAIN, Optional.of(etag), NOTHING_IN_THE_WAY, Intent.COMMIT))
        .isInstanceOf(Removed.class);
  }

  @Test
  void delete_faultOutsideOfAnySection_isNotBelievedAndSoRefused() {
    fixture = EngineFixture.with(SECTION + "\nnonsense\n");
    String before = file();
    assertRejected(delete(), Rejected.Reason.CONFIG_INVALID, "repair the file first");
    assertThat(file()).isEqualTo(before);
    assertThat(fixture.engine().snapshot().find(MAIN)).isPresent();
  }

  @Test
  void delete_createdAgain_isAnotherDatastoreOnTheSameFiles() {
    assertThat(delete()).isInstanceOf(Removed.class);
    DatastoreSettings settings = DatastoreSettings.builder().path("/srv/main").build();
    assertThat(fixture.engine().create(MAIN, settings, Intent.COMMIT))
        .isInstanceOf(WriteOutcome.Written.class);
    fixture.engine().lookup(MAIN, Operation.WRITE).handle().close();
  }
}
