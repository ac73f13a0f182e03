package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.history.Revision;
import io.datastored.history.file.QuietStateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to the state directory between two lives of an engine. */
final class StateDirectoryTest {

  private static final String CONFIG =
      "datastore: main\n\tcomment first\n\tpath /srv/main\n\ndatastore: other\n\tpath /srv/other\n";

  @TempDir Path directory;

  private EngineFiles files;

  @BeforeEach
  void setUp() throws IOException {
    files = new EngineFiles(directory).write(CONFIG);
  }

  private Revision live(String comment) throws EngineStartException {
    try (Engine engine = Engine.open(files.options())) {
      WriteOutcome unused = EngineFiles.comment(engine, "main", comment);
      return engine.snapshot().revision();
    }
  }

  @Test
  void takenElsewhere_whileAnotherProcessUsesIt_isRefused() throws Exception {
    Revision revision = live("second");
    Path machine = files.options().machineId();
    try (EngineChild child = files.child()) {
      assertThat(child.ask("counts other")).isEqualTo("0 0");
      assertThatThrownBy(() -> QuietStateDirectory.open(files.state(), machine))
          .hasMessageContaining("a server, or a program that embeds one, uses");
    }
    try (QuietStateDirectory quiet = QuietStateDirectory.open(files.state(), machine)) {
      assertThat(quiet.state().revision()).isEqualTo(revision);
    }
  }

  @Test
  void restart_nothingChanged_isTheSameRevision() throws Exception {
    Revision before = live("second");
    try (Engine engine = Engine.open(files.options())) {
      assertThat(engine.snapshot().revision()).isEqualTo(before);
      assertThat(engine.counters().commits()).isZero();
    }
  }

  @Test
  void restart_editedMeanwhile_changesOnlyWhatWasEdited() throws Exception {
    Revision before = live("second");
    files.replace(CONFIG.replace("first", "edited"));
    try (Engine engine = Engine.open(files.options())) {
      assertThat(engine.snapshot().revision().sameHistory(before)).isTrue();
      assertThat(EngineFiles.generation(engine)).isEqualTo(before.generation().value() + 1);
      assertThat(engine.snapshot().byName())
          .extracting(datastore -> datastore.generation().value())
          .containsExactly(before.generation().value() + 1, 1L);
    }
  }

  @Test
  void restart_afterPowerLoss_goesOnFromTheStateFile() throws Exception {
    Revision before = live("second");
    // The page was never forced to the disk: after a power cut it is gone, or anything.
    try (Stream<Path> pages = Files.list(files.run())) {
      for (Path page : pages.toList()) {
        Files.write(page, new byte[100]);
      }
    }
    try (Engine engine = Engine.open(files.options())) {
      assertThat(engine.snapshot().revision()).isEqualTo(before);
    }
    try (Stream<Path> pages = Files.list(files.run())) {
      for (Path page : pages.toList()) {
        Files.delete(page);
      }
    }
    Files.delete(files.run());
    assertThat(live("third").generation()).isEqualTo(before.generation().next());
  }

  @Test
  void restart_stateLost_isANewHistory() throws Exception {
    Revision before = live("second");
    Files.delete(files.state().resolve("state"));
    assertThat(live("third").sameHistory(before)).isFalse();
  }

  @Test
  void restart_stateDamaged_isKeptAsideAndANewHistory() throws Exception {
    Revision before = live("second");
    Path state = files.state().resolve("state");
    byte[] bytes = Files.readAllBytes(state);
    bytes[bytes.length / 2] ^= 1;
    Files.write(state, bytes);
    assertThat(live("third").sameHistory(before)).isFalse();
    try (Stream<Path> kept = Files.list(files.state())) {
      List<String> names = kept.map(path -> path.getFileName().toString()).toList();
      assertThat(names).anyMatch(name -> name.startsWith("state.damaged-"));
    }
  }

  @Test
  void open_otherConfigFile_isRefused() throws Exception {
    Revision unused = live("second");
    Path other = directory.resolve("other.cfg");
    Files.writeString(other, CONFIG);
    EngineOptions options = files.options(chosen -> chosen.configFile = other);
    assertThatThrownBy(() -> Engine.open(options))
        .isInstanceOf(EngineStartException.class)
        .hasMessageContaining("belongs to the configuration " + files.config());
  }

  @Test
  void open_twiceInOneProcess_isRefused() throws Exception {
    try (Engine engine = Engine.open(files.options())) {
      assertThatThrownBy(() -> Engine.open(files.options()))
          .isInstanceOf(EngineStartException.class)
          .hasMessageContaining("already open in this process");
      assertThat(engine.snapshot().byName()).hasSize(2);
    }
    live("again");
  }

  @Test
  void restart_configFileGone_isRefusedAndNothingIsForgotten() throws Exception {
    Revision before = live("second");
    Path away = directory.resolve("away");
    Files.move(files.config(), away);
    assertThatThrownBy(() -> Engine.open(files.options()))
        .isInstanceOf(EngineStartException.class)
        .hasMessageContaining("missing");
    Files.move(away, files.config());
    assertThat(live("third").generation()).isEqualTo(before.generation().next());
  }

  @Test
  void open_noConfigFile_isEmpty() throws Exception {
    Files.delete(files.config());
    try (Engine engine = Engine.open(files.options())) {
      assertThat(engine.snapshot().byName()).isEmpty();
    }
  }

  @Test
  void open_noDirectoryOfTheConfigFile_isRefused() {
    EngineOptions options =
        EngineOptions.of(directory.resolve("nowhere").resolve("x.cfg"), files.state());
    assertThatThrownBy(() -> Engine.open(options))
        .isInstanceOf(EngineStartException.class)
        .hasMessageContaining("does not exist");
  }

  @Test
  void openPrivate_comparesTheFileAtEveryLookup() throws Exception {
    try (Engine engine = Engine.openPrivate(files.options())) {
      Path next = Files.writeString(directory.resolve("next"), CONFIG.replace("first", "edited"));
      // Written a while before it is renamed, so that there is nothing to settle.
      Files.setLastModifiedTime(next, FileTime.from(Instant.now().minusSeconds(1)));
      Files.move(next, files.config(), StandardCopyOption.ATOMIC_MOVE);
      io.datastored.config.DatastoreName main = io.datastored.config.DatastoreName.of("main");
      try (Handle handle = engine.lookup(main, io.datastored.operation.Operation.WRITE).handle()) {
        assertThat(handle.datastore().settings().comment()).contains("edited");
      }
    }
    assertThat(files.state()).doesNotExist();
  }
}
