package io.datastored.engine.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.engine.Engine;
import io.datastored.engine.EngineFixture;
import io.datastored.engine.Handle;
import io.datastored.engine.Intent;
import io.datastored.engine.Refused;
import io.datastored.engine.WriteOutcome;
import io.datastored.engine.snapshot.DatastoreFault.Serving;
import io.datastored.operation.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Invariant 7, seen from the engine. */
final class LastGoodTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final DatastoreName OTHER = DatastoreName.of("other");
  private static final String CONFIG =
      "datastore: main\n\tcomment first\n\tpath /srv/main\n\n"
          + "datastore: other\n\tpath /srv/other\n";

  private final EngineFixture fixture = EngineFixture.with(CONFIG);
  private final Engine engine = fixture.engine();

  @AfterEach
  void close() {
    fixture.close();
  }

  private long generation() {
    return engine.snapshot().revision().generation().value();
  }

  private void edit(String config) {
    assertThat(fixture.edit(config)).isEmpty();
  }

  private Datastore main() {
    return engine.snapshot().find(MAIN).orElseThrow();
  }

  @Test
  void faultySection_servesItsLastGoodVersionAndAllOthers() {
    long before = generation();
    edit(CONFIG.replace("\tcomment first\n", "\tverify-new perhaps\n"));
    assertThat(generation()).as("nothing that is served changed").isEqualTo(before);
    assertThat(main().settings().comment()).contains("first");
    DatastoreFault fault = main().fault().orElseThrow();
    assertThat(fault.serving()).isEqualTo(Serving.LAST_GOOD);
    assertThat(fault.where().line()).isEqualTo(2);
    assertThat(fault.where().property()).isEqualTo("verify-new");
    assertThat(engine.lookup(MAIN, Operation.WRITE)).isInstanceOf(Handle.class);
    assertThat(engine.lookup(OTHER, Operation.WRITE)).isInstanceOf(Handle.class);
  }

  @Test
  void faultySection_mended_isServedByItself() {
    edit(CONFIG.replace("\tcomment first\n", "\tverify-new perhaps\n"));
    Instant since = main().fault().orElseThrow().since();
    fixture.advance(Duration.ofMinutes(1));
    edit(CONFIG.replace("\tcomment first\n", "\n# now\n\tverify-new perhaps\n"));
    edit(CONFIG.replace("\tcomment first\n", "\tverify-new perhaps\n"));
    assertThat(main().fault().orElseThrow().since()).isAfterOrEqualTo(since);
    edit(CONFIG.replace("first", "mended"));
    assertThat(main().fault()).isEmpty();
    assertThat(main().settings().comment()).contains("mended");
  }

  @Test
  void faultySection_neverGood_isRefusedWithThePlace() {
    edit(CONFIG + "\ndatastore: third\n\tcomment no path\n");
    Refused refused = (Refused) engine.lookup(DatastoreName.of("third"), Operation.READ);
    assertThat(refused.reason()).isEqualTo(Refused.Reason.CONFIG_INVALID);
    assertThat(refused.fault().orElseThrow().where().line()).isPositive();
    assertThat(engine.lookup(MAIN, Operation.WRITE)).isInstanceOf(Handle.class);
  }

  @Test
  void unreadableMode_closesTheDatastore() {
    edit(CONFIG.replace("\tcomment first\n", "\tcomment newer\n\tmaintenance-mode paused\n"));
    assertThat(main().maintenance().mode()).isEqualTo(MaintenanceMode.OFFLINE);
    assertThat(main().settings().comment()).contains("newer");
    assertThat(main().fault().orElseThrow().serving()).isEqualTo(Serving.CLOSED);
    assertThat(engine.lookup(MAIN, Operation.READ)).isInstanceOf(Refused.class);
    edit(CONFIG);
    assertThat(engine.lookup(MAIN, Operation.READ)).isInstanceOf(Handle.class);
  }

  @Test
  void unreadableMode_isKnownAsWritten_andItsChangesAreChanges() throws Exception {
    assertThat(fixture.setMode(MAIN, MaintenanceMode.OFFLINE).datastore().maintenance().asWritten())
        .isEmpty();
    Etag offline = main().etag();
    long before = generation();
    edit(CONFIG.replace("\tcomment first\n", "\tmaintenance-mode paused,message=swap\n"));
    assertThat(main().maintenance())
        .satisfies(
            now -> {
              assertThat(now.mode()).isEqualTo(MaintenanceMode.OFFLINE);
              assertThat(now.asWritten()).contains("paused");
              assertThat(now.message()).contains("swap");
            });
    edit(CONFIG.replace("\tcomment first\n", "\tmaintenance-mode offline\n"));
    edit(CONFIG.replace("\tcomment first\n", "\tmaintenance-mode paused\n"));
    assertThat(main().etag()).isNotEqualTo(offline);
    edit(CONFIG.replace("\tcomment first\n", "\tmaintenance-mode stopped\n"));
    assertThat(main().maintenance().asWritten()).contains("stopped");
    assertThat(main().maintenance().setBy()).isEmpty();
    assertThat(generation()).isEqualTo(before + 4);
    assertThat(((Refused) engine.lookup(MAIN, Operation.READ)).detail())
        .isEqualTo("datastore 'main' is closed: its maintenance mode 'stopped' cannot be read");
    edit(CONFIG.replace("\tcomment first\n", "\tmaintenance-mode offline\n"));
    assertThat(main().maintenance().asWritten()).isEmpty();
  }

  @Test
  void faultySection_readableMode_isObeyed() {
    edit(
        CONFIG.replace(
            "\tcomment first\n", "\tverify-new perhaps\n\tmaintenance-mode read-only\n"));
    assertThat(main().maintenance().mode()).isEqualTo(MaintenanceMode.READ_ONLY);
    assertThat(main().settings().comment()).contains("first");
    assertThat(engine.lookup(MAIN, Operation.WRITE)).isInstanceOf(Refused.class);
  }

  @Test
  void faultBeforeAnySection_removesNothing() {
    long before = generation();
    edit("nonsense without a colon\n\n" + CONFIG.substring(CONFIG.indexOf("datastore: other")));
    assertThat(engine.snapshot().fileFaults()).isNotEmpty();
    assertThat(generation()).isEqualTo(before);
    assertThat(main().fault().orElseThrow().serving()).isEqualTo(Serving.LAST_GOOD);
    edit(CONFIG.substring(CONFIG.indexOf("datastore: other")));
    assertThat(engine.snapshot().find(MAIN)).isEmpty();
  }

  @Test
  void faultySection_writtenThroughTheApi_mustBeMendedFirst() {
    edit(CONFIG.replace("\tcomment first\n", "\tverify-new perhaps\n"));
    WriteOutcome outcome =
        engine.update(
            MAIN,
            Optional.empty(),
            settings -> settings.toBuilder().comment(Optional.of("api")).build(),
            Intent.COMMIT);
    assertThat(outcome)
        .isInstanceOfSatisfying(
            WriteOutcome.Rejected.class,
            rejected ->
                assertThat(rejected.reason())
                    .isEqualTo(WriteOutcome.Rejected.Reason.CONFIG_INVALID));
    WriteOutcome other =
        engine.update(
            OTHER,
            Optional.empty(),
            settings -> settings.toBuilder().comment(Optional.of("api")).build(),
            Intent.COMMIT);
    assertThat(other).isInstanceOf(WriteOutcome.Written.class);
    assertThat(main().fault()).as("the faulty text is kept").isPresent();
  }
}
