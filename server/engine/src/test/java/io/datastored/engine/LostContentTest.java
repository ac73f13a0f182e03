package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.document.ConfigDocument;
import io.datastored.engine.health.TroubleCause;
import io.datastored.file.Digest;
import io.datastored.history.AcceptedState;
import io.datastored.history.LostContent;
import io.datastored.history.file.Consent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A configuration that becomes empty or is cut removes nothing until somebody says so. */
final class LostContentTest {

  private static final String FIRST = "datastore: main\n\tcomment first\n\tpath /srv/main\n";
  private static final String CONFIG =
      FIRST + "\ndatastore: other\n\tpath /srv/other\n\n# the end\n";

  @TempDir Path directory;

  private EngineFiles files;

  @BeforeEach
  void setUp() throws IOException {
    files = new EngineFiles(directory).write(CONFIG);
  }

  private EngineOptions options() {
    return files.options(chosen -> chosen.timing.digestCheck = Duration.ofMillis(50));
  }

  private static void awaitTrouble(Engine engine, String... words) {
    await().until(() -> engine.troubles().ofServer(TroubleCause.CONFIGURATION).isPresent());
    assertThat(engine.troubles().ofServer(TroubleCause.CONFIGURATION).orElseThrow().message())
        .contains(words);
  }

  private void acceptWhatIsThere() throws Exception {
    AcceptedState state = Consent.accepted(files.state()).orElseThrow();
    assertThat(LostContent.between(state, Files.readAllBytes(files.config()))).isPresent();
    Consent.toContent(files.state(), state.digest(), Digest.of(Files.readAllBytes(files.config())));
  }

  @Test
  void emptied_isNotBelieved_untilAccepted_andThenOnce() throws Exception {
    try (Engine engine = Engine.open(options())) {
      long before = EngineFiles.generation(engine);
      Files.writeString(files.config(), "");
      awaitTrouble(
          engine,
          "no longer has a datastore (it had 2)",
          "datastored accept --empty --config " + files.config() + " --state-dir " + files.state());
      assertThat(engine.snapshot().byName()).hasSize(2);
      assertThat(EngineFiles.generation(engine)).isEqualTo(before);
      assertThat(EngineFiles.comment(engine, "main", "api"))
          .isInstanceOf(WriteOutcome.Rejected.class);

      acceptWhatIsThere();
      await().until(() -> engine.snapshot().byName().isEmpty());
      await().until(() -> engine.troubles().ofServer().isEmpty());
      assertThat(files.state().resolve("accept")).doesNotExist();

      files.replace(CONFIG);
      await().until(() -> engine.snapshot().byName().size() == 2);
      files.replace("");
      awaitTrouble(engine, "no longer has a datastore");
      assertThat(engine.snapshot().byName()).hasSize(2);
    }
  }

  @Test
  void emptiedWhileNobodyLooked_isNotBelieved() throws Exception {
    Engine.open(options()).close();
    Files.writeString(files.config(), "\n# nothing left\n");
    try (Engine engine = Engine.open(options())) {
      assertThat(engine.snapshot().byName()).hasSize(2);
      awaitTrouble(engine, "no longer has a datastore");
      files.replace(CONFIG.replace("first", "back"));
      await().until(() -> EngineFiles.comment(engine, "main").equals("back"));
      await().until(() -> engine.troubles().ofServer().isEmpty());
    }
  }

  @Test
  void acceptedWhileNobodyRuns_isBelievedAtTheStart() throws Exception {
    Engine.open(options()).close();
    Files.writeString(files.config(), "");
    acceptWhatIsThere();
    try (Engine engine = Engine.open(options())) {
      assertThat(engine.snapshot().byName()).isEmpty();
      assertThat(engine.troubles().ofServer()).isEmpty();
    }
  }

  @Test
  void meantByOption_isBelieved() throws Exception {
    EngineOptions options = files.options(chosen -> chosen.losses = EngineOptions.Losses.MEANT);
    Engine.open(options).close();
    Files.writeString(files.config(), "");
    try (Engine engine = Engine.open(options)) {
      assertThat(engine.snapshot().byName()).isEmpty();
    }
  }

  @Test
  void cutBetweenSections_isNotBelieved_untilAccepted() throws Exception {
    try (Engine engine = Engine.open(options())) {
      files.replace(FIRST);
      awaitTrouble(engine, "was cut: 1 of its datastores", "datastored accept --cut");
      assertThat(engine.snapshot().byName()).hasSize(2);
      acceptWhatIsThere();
      await().until(() -> engine.snapshot().byName().size() == 1);
      await().until(() -> engine.troubles().ofServer().isEmpty());
    }
  }

  @Test
  void between_tellsEveryCutThatTakesSomethingAway() throws Exception {
    Engine.open(options()).close();
    AcceptedState state = Consent.accepted(files.state()).orElseThrow();
    int whole = CONFIG.indexOf("\n\n# the end");
    for (int length = 0; length < CONFIG.length(); length++) {
      String cut = CONFIG.substring(0, length);
      Optional<LostContent> lost =
          LostContent.between(state, cut.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      boolean faultOfFile =
          !ConfigDocument.parse(cut.getBytes(java.nio.charset.StandardCharsets.UTF_8))
              .faults()
              .isEmpty();
      if (!faultOfFile) {
        assertThat(lost.isPresent()).as("'%s'", cut).isEqualTo(length < whole);
      }
    }
  }

  @Test
  void edited_toSomethingElse_isBelieved() throws Exception {
    try (Engine engine = Engine.open(options())) {
      files.replace("# moved\ndatastore: other\n\tpath /srv/other\n");
      await().until(() -> engine.snapshot().byName().size() == 1);
      assertThat(engine.troubles().ofServer()).isEmpty();
    }
  }

  @Test
  void lastOne_removedThroughTheEngine_isBelieved() throws Exception {
    files.write(FIRST);
    try (Engine engine = Engine.open(options())) {
      WriteOutcome unused = EngineFiles.mode(engine, "main", MaintenanceMode.DELETE);
      WriteOutcome removed =
          engine.delete(
              DatastoreName.of("main"), Optional.empty(), pass -> Optional.empty(), Intent.COMMIT);
      assertThat(removed).isInstanceOf(WriteOutcome.Removed.class);
    }
    try (Engine engine = Engine.open(options())) {
      assertThat(engine.snapshot().byName()).isEmpty();
      assertThat(engine.troubles().ofServer()).isEmpty();
    }
  }

  @Test
  void faultyLastLine_takenOutAgain_isMended() throws Exception {
    try (Engine engine = Engine.open(options())) {
      files.replace(CONFIG + "\tverify-new perhaps\n");
      await().until(() -> !engine.snapshot().sectionFaults().isEmpty());
      files.replace(CONFIG);
      await().until(() -> engine.snapshot().sectionFaults().isEmpty());
      assertThat(engine.troubles().ofServer()).isEmpty();
    }
  }
}
