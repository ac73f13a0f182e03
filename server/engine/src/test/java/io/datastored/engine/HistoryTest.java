package io.datastored.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.hash.HashCode;
import com.google.common.io.BaseEncoding;
import com.google.common.io.Resources;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Maintenance;
import io.datastored.history.Revision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant 10: what belongs to which history, whatever is done to the files of a state directory.
 */
final class HistoryTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final DatastoreName OTHER = DatastoreName.of("other");
  private static final String CONFIG =
      "datastore: main\n\tcomment first\n\tpath /srv/main\n\ndatastore: other\n\tpath /srv/other\n";

  @TempDir Path directory;

  private EngineFiles files;

  @BeforeEach
  void setUp() throws IOException {
    files = new EngineFiles(directory).write(CONFIG);
  }

  private Path state() {
    return files.state().resolve("state");
  }

  private Path claim() {
    return directory.resolve(".datastore.cfg.datastored");
  }

  /** A life in which alice takes a datastore out of service, and after which main is broken. */
  private Revision live() throws Exception {
    try (Engine engine = Engine.open(files.options())) {
      WriteOutcome unused =
          engine.setMaintenance(
              new MaintenanceChange(
                  OTHER,
                  MaintenanceSetting.of(MaintenanceMode.OFFLINE, "shelves"),
                  Optional.empty(),
                  Optional.of("alice"),
                  Optional.empty()),
              Intent.COMMIT);
      unused = EngineFiles.comment(engine, "main", "second");
      return engine.snapshot().revision();
    }
  }

  private void breakMain() throws IOException {
    String good = Files.readString(files.config());
    files.replace(good.replace("\tcomment second\n", "\tverify-new perhaps\n"));
  }

  private void goesOn(Revision before) throws EngineStartException {
    try (Engine engine = Engine.open(files.options())) {
      assertThat(engine.snapshot().revision()).isEqualTo(before);
      assertKept(engine);
    }
  }

  /** Who set the mode, and the last good version of what is broken, survive a new history too. */
  private static void assertKept(Engine engine) {
    Maintenance maintenance = engine.snapshot().find(OTHER).orElseThrow().maintenance();
    assertThat(maintenance.mode()).isEqualTo(MaintenanceMode.OFFLINE);
    assertThat(maintenance.setBy()).contains("alice");
    assertThat(maintenance.since()).isPresent();
    assertThat(engine.snapshot().fault(MAIN)).isPresent();
    assertThat(engine.snapshot().find(MAIN).orElseThrow().settings().comment()).isPresent();
  }

  private void isANewOne(Revision before) throws EngineStartException {
    try (Engine engine = Engine.open(files.options())) {
      Revision revision = engine.snapshot().revision();
      assertThat(revision.sameHistory(before)).isFalse();
      assertThat(revision.generation()).isGreaterThanOrEqualTo(before.generation());
      assertKept(engine);
    }
    try (Engine engine = Engine.open(files.options())) {
      assertThat(engine.counters().commits()).as("once only").isZero();
    }
  }

  @Test
  void broken_whileNobodyLooked_isServedAsLastGood() throws Exception {
    Revision before = live();
    breakMain();
    try (Engine engine = Engine.open(files.options())) {
      assertThat(EngineFiles.comment(engine, "main")).isEqualTo("second");
      assertThat(engine.snapshot().revision())
          .as("nothing that is served changed")
          .isEqualTo(before);
    }
    goesOn(before);
  }

  @Test
  void broken_oneAfterTheOtherWhileNobodyLooked_areServedAsLastGood() throws Exception {
    Revision before = live();
    breakMain();
    goesOn(before);
    files.replace(Files.readString(files.config()).replace("path /srv/other", "pth /srv/other"));
    try (Engine engine = Engine.open(files.options())) {
      assertKept(engine);
      assertThat(engine.snapshot().fault(OTHER)).isPresent();
      assertThat(engine.snapshot().revision()).isEqualTo(before);
    }
  }

  @Test
  void chmodAndHardLink_goOn() throws Exception {
    Revision before = live();
    breakMain();
    try (Stream<Path> all = Files.walk(files.state())) {
      for (Path file : all.toList()) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxrwx---"));
      }
    }
    Files.createLink(directory.resolve("linked"), state());
    goesOn(before);
  }

  @Test
  void copiedAway_andBack_goesOn() throws Exception {
    Revision before = live();
    breakMain();
    Path away = directory.resolve("away");
    copy(files.state(), away);
    delete(files.state());
    copy(away, files.state());
    goesOn(before);
  }

  @Test
  void movedDirectory_goesOn() throws Exception {
    Revision before = live();
    breakMain();
    Files.move(files.state(), directory.resolve("moved"));
    EngineOptions options =
        files.options(chosen -> chosen.stateDirectory = directory.resolve("moved"));
    try (Engine engine = Engine.open(options)) {
      assertThat(engine.snapshot().revision()).isEqualTo(before);
      assertKept(engine);
    }
  }

  @Test
  void restoredDirectory_isANewHistory() throws Exception {
    Revision early = live();
    Path backup = directory.resolve("backup");
    copy(files.state(), backup);
    Revision before;
    try (Engine engine = Engine.open(files.options())) {
      WriteOutcome unused = EngineFiles.comment(engine, "main", "third");
      before = engine.snapshot().revision();
    }
    assertThat(before.sameHistory(early)).isTrue();
    files.replace(
        Files.readString(files.config()).replace("\tcomment third\n", "\tverify-new perhaps\n"));
    delete(files.state());
    copy(backup, files.state());
    isANewOne(before);
  }

  @Test
  void restoredStateFile_isANewHistory() throws Exception {
    Revision unused = live();
    Path backup = Files.copy(state(), directory.resolve("backup"));
    Revision before = live();
    assertThat(before.generation()).isEqualTo(unused.generation());
    try (Engine engine = Engine.open(files.options())) {
      WriteOutcome written = EngineFiles.comment(engine, "main", "third");
      before = engine.snapshot().revision();
    }
    // In place, as cp does, and with the times of the original.
    Files.copy(
        backup, state(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    files.replace(
        Files.readString(files.config()).replace("\tcomment third\n", "\tverify-new perhaps\n"));
    isANewOne(before);
  }

  @Test
  void restoredOnce_thenCommittedAsFarAsTheOther_isStillNoticed() throws Exception {
    Revision unused = live();
    Path backup = Files.copy(state(), directory.resolve("backup"));
    Path claimThen = Files.copy(claim(), directory.resolve("claim"));
    try (Engine engine = Engine.open(files.options())) {
      WriteOutcome written = EngineFiles.comment(engine, "main", "third");
    }
    Path third = Files.copy(state(), directory.resolve("third"));
    // The other line of the same length: nobody noticed, since the claim was restored as well.
    Files.copy(backup, state(), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(claimThen, claim(), StandardCopyOption.REPLACE_EXISTING);
    Revision before;
    try (Engine engine = Engine.open(files.options())) {
      WriteOutcome written = EngineFiles.comment(engine, "main", "other third");
      before = engine.snapshot().revision();
    }
    Files.copy(third, state(), StandardCopyOption.REPLACE_EXISTING);
    files.replace(
        Files.readString(files.config())
            .replace("\tcomment other third\n", "\tverify-new perhaps\n"));
    isANewOne(before);
  }

  @Test
  void killedBeforeTheClaimWasTold_goesOn() throws Exception {
    Revision unused = live();
    Path claimThen = Files.copy(claim(), directory.resolve("claim"));
    Revision before;
    try (Engine engine = Engine.open(files.options())) {
      WriteOutcome written = EngineFiles.comment(engine, "main", "third");
      before = engine.snapshot().revision();
    }
    Files.copy(claimThen, claim(), StandardCopyOption.REPLACE_EXISTING);
    files.replace(
        Files.readString(files.config()).replace("\tcomment third\n", "\tverify-new perhaps\n"));
    goesOn(before);
    Files.delete(claim());
    goesOn(before);
    Files.writeString(claim(), "half of it");
    goesOn(before);
  }

  @Test
  void clonedMachine_isANewHistory_andSoIsTheWayBack() throws Exception {
    Path id = directory.resolve("machine-id");
    Files.writeString(id, "0123456789abcdef0123456789abcdef\n");
    Revision before;
    try (Engine engine = Engine.open(files.options(chosen -> chosen.machineId = id))) {
      before = engine.snapshot().revision();
    }
    try (Engine engine = Engine.open(files.options(chosen -> chosen.machineId = id))) {
      assertThat(engine.snapshot().revision()).isEqualTo(before);
    }
    Files.writeString(id, "fedcba9876543210fedcba9876543210\n");
    Revision clone;
    try (Engine engine = Engine.open(files.options(chosen -> chosen.machineId = id))) {
      clone = engine.snapshot().revision();
      assertThat(clone.sameHistory(before)).isFalse();
      assertThat(EngineFiles.comment(engine, "main")).isEqualTo("first");
    }
    try (Engine engine = Engine.open(files.options(chosen -> chosen.machineId = id))) {
      assertThat(engine.snapshot().revision()).isEqualTo(clone);
    }
    Files.delete(id);
    try (Engine engine = Engine.open(files.options(chosen -> chosen.machineId = id))) {
      assertThat(engine.snapshot().revision()).as("no id to compare").isEqualTo(clone);
    }
  }

  @Test
  void directoryOfTheEarlierFormat_keepsItsHistory() throws Exception {
    Files.createDirectories(files.state());
    Files.write(files.config(), resource("datastore.cfg"));
    Files.write(state(), about(files.config(), resource("state")));
    Files.createFile(files.state().resolve("commit.lock"));
    try (Engine engine = Engine.open(files.options())) {
      assertThat(engine.snapshot().revision()).hasToString("54f26a6ef43caea0/5");
      Datastore other = engine.snapshot().find(OTHER).orElseThrow();
      assertThat(other.generation().value()).isEqualTo(4);
      assertThat(other.maintenance().mode()).isEqualTo(MaintenanceMode.OFFLINE);
      assertThat(other.maintenance().message()).contains("new shelves");
      assertThat(other.maintenance().setBy()).contains("127.0.0.1:56110");
      assertThat(engine.snapshot().removed()).containsOnlyKeys(DatastoreName.of("third"));
      assertThat(EngineFiles.comment(engine, "main")).as("last good").isEqualTo("first");
    }
    assertThat(Files.readString(state())).startsWith("datastored-state 2\n");
    assertThat(files.state().resolve("commit.lock")).as("what 0.1.0 cannot open").isDirectory();
    // From now on a broken section is served from the text that was kept.
    files.replace(Files.readString(files.config()).replace("path /srv/other", "pth /srv/other"));
    try (Engine engine = Engine.open(files.options())) {
      assertThat(engine.snapshot().revision()).hasToString("54f26a6ef43caea0/5");
      assertThat(engine.snapshot().find(OTHER)).isPresent();
    }
  }

  @Test
  void secondStateDirectory_onOneConfiguration_isRefused() throws Exception {
    EngineOptions second =
        files.options(
            chosen -> {
              chosen.stateDirectory = directory.resolve("second");
              chosen.runDirectory = Optional.of(directory.resolve("second-run"));
            });
    try (EngineChild first = files.child()) {
      assertThatThrownBy(() -> Engine.open(second))
          .isInstanceOf(EngineStartException.class)
          .hasMessageContaining("process " + first.pid())
          .hasMessageContaining("state directory " + files.state());
      // By another name, too.
      Path link = Files.createSymbolicLink(directory.resolve("link.cfg"), files.config());
      assertThatThrownBy(
              () ->
                  Engine.open(
                      files.options(
                          chosen -> {
                            chosen.configFile = link;
                            chosen.stateDirectory = directory.resolve("third");
                            chosen.runDirectory = Optional.empty();
                          })))
          .hasMessageContaining("with another state directory");
      // One more process of the same state directory is welcome.
      Engine.open(files.options()).close();
      assertThatThrownBy(() -> Engine.open(second)).hasMessageContaining("process " + first.pid());
      first.kill();
      Engine.open(second).close();
    }
  }

  @Test
  void secondStateDirectory_inOneProcess_isRefused() throws Exception {
    try (Engine engine = Engine.open(files.options())) {
      EngineOptions second =
          files.options(
              chosen -> {
                chosen.stateDirectory = directory.resolve("second");
                chosen.runDirectory = Optional.empty();
              });
      assertThatThrownBy(() -> Engine.open(second))
          .hasMessageContaining("another engine of this process uses the configuration");
      assertThat(engine.troubles().ofServer()).isEmpty();
    }
  }

  private static byte[] resource(String name) throws IOException {
    return Resources.toByteArray(Resources.getResource("state-1/" + name));
  }

  /** The same state file about another configuration file. */
  private static byte[] about(Path config, byte[] state) {
    String text = new String(state, UTF_8);
    String path = BaseEncoding.base64Url().omitPadding().encode(config.toString().getBytes(UTF_8));
    String body =
        text.replaceFirst("config =.*\n", "config =" + path + "\n").replaceFirst("end .{8}\n$", "");
    CRC32C crc = new CRC32C();
    crc.update(body.getBytes(UTF_8));
    return (body + "end " + HashCode.fromInt((int) crc.getValue()) + "\n").getBytes(UTF_8);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : all.toList()) {
        Files.copy(
            file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    com.google.common.io.MoreFiles.deleteRecursively(
        directory, com.google.common.io.RecursiveDeleteOption.ALLOW_INSECURE);
  }
}
