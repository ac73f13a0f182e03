package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.engine.snapshot.Change;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Edits of the file by others, as an editor, a shell and a script make them. */
final class FileEditTest {

  private static final String CONFIG =
      "datastore: main\n\tcomment first\n\tpath /srv/main\n\ndatastore: other\n\tpath /srv/other\n";

  @TempDir Path directory;

  private final List<Change> changes = new CopyOnWriteArrayList<>();
  private EngineFiles files;

  @BeforeEach
  void setUp() throws IOException {
    files = new EngineFiles(directory).write(CONFIG);
  }

  private Engine open(EngineOptions options) throws EngineStartException {
    Engine engine = Engine.open(options);
    Subscription unused = engine.addListener(changes::add);
    return engine;
  }

  private static void awaitComment(Engine engine, String comment) {
    await()
        .pollInterval(Duration.ofMillis(5))
        .until(() -> EngineFiles.comment(engine, "main").equals(comment));
  }

  /** Listeners are told after the swap, so the snapshot may be seen first. */
  private void assertToldOnce(String why) {
    await().untilAsserted(() -> assertThat(changes).as(why).hasSize(1));
  }

  @Test
  void rename_withFileWatching_isSeen() throws Exception {
    try (Engine engine = open(files.options())) {
      files.replace(CONFIG.replace("first", "renamed"));
      awaitComment(engine, "renamed");
      assertToldOnce("one edit");
    }
  }

  @Test
  void truncateAndWrite_withFileWatching_isSeenOnceAndWhole() throws Exception {
    try (Engine engine = open(files.options())) {
      Files.writeString(files.config(), "", StandardOpenOption.TRUNCATE_EXISTING);
      Files.writeString(
          files.config(), CONFIG.replace("first", "rewritten"), StandardOpenOption.WRITE);
      awaitComment(engine, "rewritten");
      assertToldOnce("no removal was believed");
      assertThat(changes.get(0).removed()).isEmpty();
    }
  }

  @Test
  void append_withFileWatching_isSeen() throws Exception {
    try (Engine engine = open(files.options())) {
      Files.writeString(
          files.config(), "\ndatastore: third\n\tpath /srv/third\n", StandardOpenOption.APPEND);
      await().until(() -> engine.snapshot().byName().size() == 3);
      assertToldOnce("one edit");
    }
  }

  @Test
  void rename_withoutFileWatching_isSeenWithinThePeriod() throws Exception {
    EngineOptions options =
        files.options(
            chosen -> {
              chosen.fileWatching = EngineOptions.FileWatching.OFF;
              chosen.timing.digestCheck = Duration.ofMillis(100);
            });
    try (Engine engine = open(options)) {
      files.replace(CONFIG.replace("first", "renamed"));
      awaitComment(engine, "renamed");
    }
  }

  @Test
  void touchAndFormatting_wakeNobody() throws Exception {
    try (Engine engine = open(files.options())) {
      long before = EngineFiles.generation(engine);
      files.replace("# a comment\n" + CONFIG);
      await().until(() -> engine.snapshot().digest().equals(digestOf(files.config())));
      Files.setLastModifiedTime(
          files.config(), java.nio.file.attribute.FileTime.from(java.time.Instant.EPOCH));
      files.replace(CONFIG.replace("first", "second"));
      awaitComment(engine, "second");
      assertThat(EngineFiles.generation(engine)).isEqualTo(before + 1);
      assertToldOnce("one edit");
    }
  }

  private static io.datastored.file.Digest digestOf(Path file) throws IOException {
    return io.datastored.file.Digest.of(Files.readAllBytes(file));
  }

  @Test
  void vanishedFile_whatItSaidLastIsServed() throws Exception {
    EngineOptions options =
        files.options(chosen -> chosen.timing.digestCheck = Duration.ofMillis(50));
    try (Engine engine = open(options)) {
      Files.delete(files.config());
      await().until(() -> !engine.troubles().ofServer().isEmpty());
      assertThat(engine.troubles().ofServer().get(0).message()).contains("missing");
      assertThat(engine.snapshot().byName()).hasSize(2);
      assertThat(EngineFiles.comment(engine, "main", "api"))
          .isInstanceOf(WriteOutcome.Rejected.class);
      files.replace(CONFIG.replace("first", "back"));
      awaitComment(engine, "back");
      await().until(() -> engine.troubles().ofServer().isEmpty());
    }
  }

  @Test
  void lostPage_refusesEveryLookup() throws Exception {
    EngineOptions options =
        files.options(chosen -> chosen.timing.digestCheck = Duration.ofMillis(50));
    try (Engine engine = open(options)) {
      Files.delete(files.run().resolve("page"));
      await().until(() -> !engine.troubles().ofServer().isEmpty());
      Lookup lookup =
          engine.lookup(
              io.datastored.config.DatastoreName.of("main"),
              io.datastored.operation.Operation.READ);
      assertThat(lookup)
          .isInstanceOfSatisfying(
              Refused.class,
              refused -> assertThat(refused.reason()).isEqualTo(Refused.Reason.NOT_READY));
      assertThat(EngineFiles.comment(engine, "main", "that nobody would hear of"))
          .isInstanceOfSatisfying(
              WriteOutcome.Rejected.class,
              rejected ->
                  assertThat(rejected.reason()).isEqualTo(WriteOutcome.Rejected.Reason.NOT_READY));
    }
  }

  @Test
  void lostState_isWrittenAgain() throws Exception {
    EngineOptions options =
        files.options(chosen -> chosen.timing.digestCheck = Duration.ofMillis(50));
    Path state = files.state().resolve("state");
    try (Engine engine = open(options)) {
      long before = EngineFiles.generation(engine);
      Files.delete(state);
      await().until(() -> Files.exists(state));
      assertThat(EngineFiles.generation(engine)).isEqualTo(before);
    }
    try (Engine engine = open(options)) {
      assertThat(engine.counters().commits()).as("the same history goes on").isZero();
    }
  }

  @Test
  void brokenEdit_survivesARestartAsLastGood() throws Exception {
    try (Engine engine = open(files.options())) {
      files.replace(CONFIG.replace("\tcomment first\n", "\tverify-new perhaps\n"));
      await().until(() -> !engine.snapshot().sectionFaults().isEmpty());
      assertThat(EngineFiles.comment(engine, "main")).isEqualTo("first");
    }
    try (Engine engine = open(files.options())) {
      assertThat(EngineFiles.comment(engine, "main")).isEqualTo("first");
      assertThat(engine.snapshot().sectionFaults()).hasSize(1);
      files.replace(CONFIG.replace("first", "mended"));
      awaitComment(engine, "mended");
      assertThat(engine.snapshot().sectionFaults()).isEmpty();
    }
  }
}
