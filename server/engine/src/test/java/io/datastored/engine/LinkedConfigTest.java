package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.engine.health.EditDetection;
import io.datastored.engine.health.TroubleCause;
import io.datastored.history.Revision;
import io.datastored.operation.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A configuration behind symbolic links is the one that its path leads to now, whatever it led to
 * before.
 */
final class LinkedConfigTest {

  /** Where on the way to the file the link is that is turned. */
  enum Level {
    FILE,
    DIRECTORY,
    DIRECTORY_ABOVE,
    CONFIG_MAP,
    SECOND_LINK
  }

  /** The most that an edit may take when the system tells of it. */
  private static final Duration SOON = Duration.ofSeconds(1);

  private static final String FIRST =
      "datastore: main\n\tcomment first\n\tpath /srv/main\n\ndatastore: other\n\tpath /srv/other\n";
  private static final String SECOND = FIRST.replace("first", "second");

  @TempDir Path temporary;
  private Path directory;
  private Path config;

  /** Turned to lead to the second version. */
  private Path link;

  private Path turnedTo;
  private Path firstFile;
  private Path secondFile;

  @BeforeEach
  void setUp() throws IOException {
    directory = temporary.toRealPath();
  }

  private void lay(Level level) throws IOException {
    Path one = Files.createDirectories(directory.resolve("v1/etc"));
    Path two = Files.createDirectories(directory.resolve("v2/etc"));
    firstFile = Files.writeString(one.resolve("datastore.cfg"), FIRST);
    secondFile = Files.writeString(two.resolve("datastore.cfg"), SECOND);
    switch (level) {
      case FILE -> {
        link = directory.resolve("datastore.cfg");
        config = link;
        Files.createSymbolicLink(link, firstFile);
        turnedTo = secondFile;
      }
      case DIRECTORY -> {
        link = directory.resolve("etc");
        config = link.resolve("datastore.cfg");
        Files.createSymbolicLink(link, one);
        turnedTo = two;
      }
      case DIRECTORY_ABOVE -> {
        link = directory.resolve("current");
        config = link.resolve("etc/datastore.cfg");
        Files.createSymbolicLink(link, Path.of("v1"));
        turnedTo = Path.of("v2");
      }
      case CONFIG_MAP -> {
        Path mount = Files.createDirectory(directory.resolve("mount"));
        link = mount.resolve("..data");
        config = mount.resolve("datastore.cfg");
        Files.createSymbolicLink(link, one);
        Files.createSymbolicLink(config, Path.of("..data/datastore.cfg"));
        turnedTo = two;
      }
      case SECOND_LINK -> {
        link = Files.createDirectory(directory.resolve("profiles")).resolve("current");
        config = directory.resolve("datastore.cfg");
        Files.createSymbolicLink(link, firstFile);
        Files.createSymbolicLink(config, link);
        turnedTo = secondFile;
      }
    }
  }

  private void turn() throws IOException {
    turn(link, turnedTo);
  }

  private static void turn(Path link, Path to) throws IOException {
    Path next = link.resolveSibling("next~");
    Files.createSymbolicLink(next, to);
    Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
  }

  private EngineOptions options(Path file) {
    return new EngineFiles(directory).options(chosen -> chosen.configFile = file);
  }

  private static void awaitComment(Engine engine, String comment) {
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> EngineFiles.comment(engine, "main").equals(comment));
  }

  private static EditDetection.Way way(Engine engine) {
    return engine.editDetection().orElseThrow().way();
  }

  @ParameterizedTest
  @EnumSource(Level.class)
  void turned_whileServing_isObeyedSoon_andSoAreLaterEdits(Level level) throws Exception {
    lay(level);
    try (Engine engine = Engine.open(options(config))) {
      assertThat(way(engine)).isEqualTo(EditDetection.Way.WATCH);
      long before = EngineFiles.generation(engine);
      turn();
      awaitComment(engine, "second");
      assertThat(EngineFiles.generation(engine)).isEqualTo(before + 1);

      Files.writeString(secondFile, FIRST.replace("first", "third"));
      awaitComment(engine, "third");
      assertThat(way(engine)).isEqualTo(EditDetection.Way.WATCH);
      assertThat(engine.troubles().ofServer()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Level.class)
  void write_replacesWhatTheLinkLeadsToNow_andTheLinkStays(Level level) throws Exception {
    lay(level);
    try (Engine engine = Engine.open(options(config))) {
      turn();
      // At once: the write finds the turned link itself.
      EngineFiles.mode(engine, "main", MaintenanceMode.OFFLINE);
    }
    assertThat(link).isSymbolicLink();
    assertThat(firstFile).hasContent(FIRST);
    assertThat(secondFile)
        .content()
        .contains("comment second")
        .contains("maintenance-mode offline");
  }

  /** The state directory is about the path, so the history goes on. */
  @ParameterizedTest
  @EnumSource(Level.class)
  void turned_whileStopped_isAnEdit(Level level) throws Exception {
    lay(level);
    Revision before;
    try (Engine engine = Engine.open(options(config))) {
      before = engine.snapshot().revision();
    }
    turn();
    try (Engine engine = Engine.open(options(config))) {
      assertThat(engine.snapshot().revision().sameHistory(before)).isTrue();
      assertThat(EngineFiles.generation(engine)).isEqualTo(before.generation().value() + 1);
      assertThat(EngineFiles.comment(engine, "main")).isEqualTo("second");
    }
  }

  @Test
  void dangling_isAFileThatVanished() throws Exception {
    lay(Level.FILE);
    try (Engine engine = Engine.open(options(config))) {
      turn(link, directory.resolve("nowhere/datastore.cfg"));
      await().until(() -> engine.troubles().ofServer(TroubleCause.CONFIGURATION).isPresent());
      assertThat(engine.snapshot().byName()).hasSize(2);
      assertThat(engine.troubles().ofServer()).as("one thing is wrong").hasSize(1);
      turn();
      awaitComment(engine, "second");
      await().until(() -> engine.troubles().ofServer().isEmpty());
    }
  }

  /** Versions that resolved links at the start left the resolved path behind. */
  @Test
  void stateDirectoryAboutWhatTheLinkLeadsTo_goesOn_andKeepsThePathThatIsGiven() throws Exception {
    lay(Level.DIRECTORY);
    Revision before;
    try (Engine engine = Engine.open(options(firstFile))) {
      before = engine.snapshot().revision();
    }
    try (Engine engine = Engine.open(options(config))) {
      assertThat(engine.snapshot().revision()).isEqualTo(before);
    }
    turn();
    try (Engine engine = Engine.open(options(config))) {
      assertThat(engine.snapshot().revision().sameHistory(before)).isTrue();
      assertThat(EngineFiles.comment(engine, "main")).isEqualTo("second");
    }
    assertThatThrownBy(() -> Engine.open(options(firstFile)))
        .isInstanceOf(EngineStartException.class)
        .hasMessageContaining("belongs to the configuration " + config);
  }

  /** Whoever is given the path without links shares the directory as long as nothing is turned. */
  @Test
  void stateDirectoryAboutALink_goesOnUnderWhatItLeadsTo() throws Exception {
    lay(Level.FILE);
    Revision before;
    try (Engine engine = Engine.open(options(config))) {
      before = engine.snapshot().revision();
    }
    try (Engine engine = Engine.open(options(firstFile))) {
      assertThat(engine.snapshot().revision()).isEqualTo(before);
    }
  }

  @Test
  void linkInTheWay_notGranted_whenTheNewFileSaysOffline() throws Exception {
    lay(Level.CONFIG_MAP);
    Files.writeString(secondFile, FIRST.replace("comment first", "maintenance-mode type=offline"));
    try (Engine engine = Engine.open(options(config))) {
      turn();
      await()
          .atMost(SOON)
          .until(() -> engine.lookup(DatastoreName.of("main"), Operation.WRITE) instanceof Refused);
    }
  }

  @Test
  void directoryMovedAwayAndMadeAgain_isObeyedSoon_andSoAreLaterEdits() throws Exception {
    Path etc = Files.createDirectory(directory.resolve("etc"));
    config = Files.writeString(etc.resolve("datastore.cfg"), FIRST);
    try (Engine engine = Engine.open(options(config))) {
      Files.move(etc, directory.resolve("old"));
      Files.createDirectory(etc);
      Files.writeString(config, SECOND);
      awaitComment(engine, "second");
      await().atMost(SOON).until(() -> way(engine) == EditDetection.Way.WATCH);
      Files.writeString(config, FIRST.replace("first", "third"));
      awaitComment(engine, "third");
    }
  }

  @Test
  void withoutWatching_isPeriodic_andNoTrouble() throws Exception {
    lay(Level.FILE);
    EngineOptions options =
        new EngineFiles(directory)
            .options(
                chosen -> {
                  chosen.configFile = config;
                  chosen.fileWatching = EngineOptions.FileWatching.OFF;
                });
    try (Engine engine = Engine.open(options)) {
      assertThat(engine.editDetection())
          .contains(new EditDetection(EditDetection.Way.PERIODIC, Duration.ofDays(1)));
      assertThat(engine.troubles().ofServer()).isEmpty();
    }
  }
}
