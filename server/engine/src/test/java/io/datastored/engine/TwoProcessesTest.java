package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.datastored.config.DatastoreName;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.operation.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes with one state directory. */
@Tag("long")
final class TwoProcessesTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final String CONFIG =
      "datastore: main\n\tcomment first\n\tpath /srv/main\n\ndatastore: other\n\tpath /srv/other\n";

  @TempDir Path directory;

  private EngineFiles files;

  @BeforeEach
  void setUp() throws IOException {
    files = new EngineFiles(directory).write(CONFIG);
  }

  @Test
  void save_isSeenByTheVeryNextLookupOfTheOther() throws Exception {
    try (Engine engine = Engine.open(files.options());
        EngineChild child = files.child()) {
      for (int i = 0; i < 50; i++) {
        String here = "here" + i;
        assertThat(EngineFiles.comment(engine, "main", here))
            .isInstanceOf(WriteOutcome.Written.class);
        assertThat(child.ask("lookup main READ"))
            .isEqualTo("granted " + EngineFiles.generation(engine) + " " + here);
        String there = "there" + i;
        String generation = child.ask("comment main " + there);
        try (Handle handle = engine.lookup(MAIN, Operation.READ).handle()) {
          assertThat(handle.datastore().settings().comment()).contains(there);
          assertThat(handle.revision().generation()).hasToString(generation);
        }
      }
    }
  }

  @Test
  void mode_setByTheOther_refusesTheVeryNextLookup() throws Exception {
    try (Engine engine = Engine.open(files.options());
        EngineChild child = files.child()) {
      for (int i = 0; i < 20; i++) {
        assertThat(child.ask("mode main OFFLINE")).matches("\\d+");
        assertThat(engine.lookup(MAIN, Operation.WRITE)).isInstanceOf(Refused.class);
        assertThat(child.ask("mode main NONE")).matches("\\d+");
        engine.lookup(MAIN, Operation.WRITE).handle().close();
      }
    }
  }

  @Test
  void manualEdit_foundByBoth_isOneGeneration() throws Exception {
    try (Engine engine = Engine.open(files.options());
        EngineChild child = files.child()) {
      long before = EngineFiles.generation(engine);
      for (int i = 1; i <= 20; i++) {
        files.replace(CONFIG.replace("first", "edit" + i));
        String comment = "edit" + i;
        await().until(() -> EngineFiles.comment(engine, "main").equals(comment));
        String generation = Long.toString(before + i);
        await().until(() -> child.ask("generation").equals(generation));
        assertThat(EngineFiles.generation(engine)).isEqualTo(before + i);
      }
    }
  }

  @Test
  void perDatastoreGenerations_areTheSameInBothWhateverEachHasSeen() throws Exception {
    try (Engine engine = Engine.open(files.options());
        EngineChild child = files.child()) {
      long before = EngineFiles.generation(engine);
      assertThat(child.ask("comment main one")).isEqualTo(Long.toString(before + 1));
      assertThat(child.ask("comment other two")).isEqualTo(Long.toString(before + 2));
      Snapshot snapshot = engine.freshSnapshot();
      assertThat(snapshot.byName())
          .extracting(datastore -> datastore.generation().value())
          .containsExactly(before + 1, before + 2);
    }
  }

  @Test
  void otherRunDirectory_isRefusedWhileTheFirstIsInUse() throws Exception {
    EngineOptions elsewhere =
        files.options(chosen -> chosen.runDirectory = Optional.of(directory.resolve("other-run")));
    try (EngineChild child = files.child()) {
      assertThatThrownBy(() -> Engine.open(elsewhere))
          .isInstanceOf(EngineStartException.class)
          .hasMessageContaining("other processes use the run directory " + files.run());
      assertThat(child.ask("generation")).matches("\\d+");
    }
    Engine.open(elsewhere).close();
  }

  @Test
  void killedProcess_leavesNothingInTheWay() throws Exception {
    try (Engine engine = Engine.open(files.options())) {
      EngineChild child = files.child();
      child.tell("save main 1000000");
      assertThat(child.answer()).matches("\\d+");
      child.kill();
      assertThat(EngineFiles.comment(engine, "main", "after"))
          .isInstanceOf(WriteOutcome.Written.class);
    }
  }
}
