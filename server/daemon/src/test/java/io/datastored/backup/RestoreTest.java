package io.datastored.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.datastored.config.DatastoreName;
import io.datastored.engine.Engine;
import io.datastored.engine.snapshot.Maintenance;
import io.datastored.file.BreakableDisk;
import io.datastored.file.DiskSteps;
import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RestoreTest {

  @TempDir Path directory;
  private StateSite site;
  private Revision before;
  private Backup backup;

  @BeforeEach
  void setUp() throws Exception {
    site = new StateSite(directory);
    before = site.live();
    backup = Backup.of(site.state(), "1.2.3", Instant.EPOCH);
  }

  private Path to() {
    return directory.resolve("restored");
  }

  private void restore(DiskSteps disk) throws StoreException {
    Restore.Restored unused = new Restore(to(), disk).from(backup, Optional.empty());
  }

  @Test
  void from_aBackup_beginsANewHistoryWithModesAndWhoSetThem() throws Exception {
    restore(DiskSteps.REAL);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(to())))
        .isEqualTo("rwx------");
    Revision first;
    try (Engine engine = site.engine(site.config(), to())) {
      first = engine.snapshot().revision();
      assertThat(first.sameHistory(before)).isFalse();
      assertThat(first.generation()).isGreaterThanOrEqualTo(before.generation());
      Maintenance mode =
          engine.snapshot().find(DatastoreName.of("other")).orElseThrow().maintenance();
      assertThat(mode.setBy()).contains("alice");
    }
    try (Engine engine = site.engine(site.config(), to())) {
      assertThat(engine.snapshot().revision()).as("one new history").isEqualTo(first);
    }
  }

  @Test
  void from_killedAtAnyStep_leavesNothingOrAll_andTheNextOneSucceeds() throws Exception {
    boolean complete = false;
    int steps = 0;
    while (!complete) {
      try {
        restore(new BreakableDisk().killAt(steps++));
        complete = true;
      } catch (BreakableDisk.Killed killed) {
        // as planned
      }
      if (Files.exists(to())) {
        assertThat(StateCheck.of(to()).faults()).as("step %d", steps).isZero();
        assertThat(list(to())).containsExactly("accept", "leases", "state");
        moveAway(to(), steps);
      } else {
        assertThat(complete).isFalse();
      }
    }
    assertThat(steps).as("steps of a restore").isGreaterThan(10);
    restore(DiskSteps.REAL);
    assertThat(list(to())).containsExactly("accept", "leases", "state");
  }

  private static void moveAway(Path from, int number) throws IOException {
    Files.move(from, from.resolveSibling("restored-" + number));
  }

  private static List<String> list(Path of) throws IOException {
    try (Stream<Path> files = Files.list(of)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void from_afterOneThatWasKilled_removesWhatThatLeft() throws Exception {
    Path left = Files.createDirectory(directory.resolve(".restored.999999999.import~"));
    Files.writeString(left.resolve("state"), "half");
    Path own = Files.createDirectory(directory.resolve(".restored.1.import~"));
    restore(DiskSteps.REAL);
    assertThat(left).doesNotExist();
    assertThat(own).as("its process lives").exists();
  }

  @Test
  void from_toADirectoryWithAnything_isRefusedAndChangesNothing() throws Exception {
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> new Restore(site.state(), DiskSteps.REAL).from(backup, Optional.empty()))
        .withMessage(
            "%s has a state, and may be in use; stop the server and run: mv %s %s.before",
            site.state(), site.state(), site.state());
    Files.createDirectory(to());
    restore(DiskSteps.REAL);
    Path other = Files.createDirectory(directory.resolve("other"));
    Files.writeString(other.resolve("mine"), "");
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> new Restore(other, DiskSteps.REAL).from(backup, Optional.empty()))
        .withMessage(other + " is not empty; give a new directory or an empty one");
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(
            () -> new Restore(other.resolve("mine"), DiskSteps.REAL).from(backup, Optional.empty()))
        .withMessage(other.resolve("mine") + " is not a directory");
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(
            () -> new Restore(Path.of("/proc"), DiskSteps.REAL).from(backup, Optional.empty()))
        .withMessageContaining("is not empty");
  }

  @Test
  void from_withAConfiguration_writesItUnlessItIsThere_andIsForThat() throws Exception {
    String accepted = Files.readString(site.config());
    Path config = Files.createDirectory(directory.resolve("etc")).resolve("other.cfg");
    Restore.Restored restored = new Restore(to(), DiskSteps.REAL).from(backup, Optional.of(config));
    assertThat(restored.configFile()).isEqualTo(config);
    assertThat(config).hasContent(accepted);
    try (Engine engine = site.engine(config, to())) {
      assertThat(engine.snapshot().byName()).hasSize(2);
    }
    Files.writeString(config, "datastore: edited\n\tpath /srv/edited\n");
    new Restore(directory.resolve("again"), DiskSteps.REAL).from(backup, Optional.of(config));
    assertThat(config).as("what is there stays").content().contains("edited");
  }
}
