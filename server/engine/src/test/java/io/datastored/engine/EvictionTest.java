package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.operation.Operation;
import io.datastored.operation.ProcessOperations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Invariant 8, seen from the open descriptors of this process. */
final class EvictionTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");

  @TempDir Path directory;

  private Path lockFile;
  private Engine engine;

  @BeforeEach
  void setUp() throws IOException, EngineStartException {
    Path base = Files.createDirectory(directory.resolve("base"));
    lockFile = Files.createFile(base.resolve(".lock"));
    EngineFiles files =
        new EngineFiles(directory)
            .write("datastore: main\n\tpath " + base + "\n\ndatastore: other\n\tpath /srv/o\n");
    engine = Engine.open(files.options());
  }

  @AfterEach
  void close() {
    engine.close();
    assertThat(open()).as("closed with the engine").isFalse();
  }

  private boolean open() {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.anyMatch(this::leadsToTheLockFile);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private boolean leadsToTheLockFile(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).equals(lockFile);
    } catch (IOException e) {
      return false;
    }
  }

  private void setMode(MaintenanceMode mode) {
    assertThat(
            engine.setMaintenance(
                new MaintenanceChange(
                    MAIN,
                    MaintenanceSetting.of(mode),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()),
                Intent.COMMIT))
        .isInstanceOf(WriteOutcome.Written.class);
  }

  /** Who sees in a pass that no process holds the datastore open may unmount: at that moment. */
  private void assertOpenUnless(boolean evicted) {
    if (evicted) {
      await()
          .until(() -> engine.pass(MAIN).processes().stream().noneMatch(ProcessOperations::open));
    }
    assertThat(open()).isEqualTo(!evicted);
  }

  @Test
  void firstOperation_opensOnceForAll() {
    assertThat(open()).isFalse();
    Handle first = engine.lookup(MAIN, Operation.READ).handle();
    assertThat(open()).isTrue();
    Handle second = engine.lookup(MAIN, Operation.WRITE).handle();
    first.close();
    second.close();
    assertThat(open()).as("stays for the next").isTrue();
  }

  @Test
  void reload_keepsTheSameDescriptor() {
    engine.lookup(MAIN, Operation.READ).handle().close();
    Datastore before = engine.snapshot().find(MAIN).orElseThrow();
    WriteOutcome unused = EngineFiles.comment(engine, "main", "changed");
    Datastore after = engine.snapshot().find(MAIN).orElseThrow();
    assertThat(after).isNotSameAs(before);
    assertThat(after.runtime()).isSameAs(before.runtime());
    assertThat(open()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(MaintenanceMode.class)
  void mode_setDuringAnOperation_closesWithTheLastHandleIfItEvicts(MaintenanceMode mode) {
    Handle first = engine.lookup(MAIN, Operation.READ).handle();
    Handle second = engine.lookup(MAIN, Operation.WRITE).handle();
    setMode(mode);
    assertThat(open()).isTrue();
    first.close();
    assertThat(open()).as("one is left").isTrue();
    second.close();
    assertOpenUnless(mode.evicts());
  }

  @ParameterizedTest
  @EnumSource(MaintenanceMode.class)
  void mode_setWhileIdle_closesAtOnceIfItEvicts(MaintenanceMode mode) {
    engine.lookup(MAIN, Operation.READ).handle().close();
    setMode(mode);
    assertOpenUnless(mode.evicts());
  }

  @Test
  void mode_clearedDuringTheOperation_keepsItOpen() {
    Handle handle = engine.lookup(MAIN, Operation.READ).handle();
    setMode(MaintenanceMode.OFFLINE);
    setMode(MaintenanceMode.NONE);
    handle.close();
    assertThat(open()).isTrue();
  }

  @Test
  void mode_cleared_nextOperationOpensAgain() {
    engine.lookup(MAIN, Operation.READ).handle().close();
    setMode(MaintenanceMode.OFFLINE);
    assertOpenUnless(true);
    setMode(MaintenanceMode.NONE);
    try (Handle handle = engine.lookup(MAIN, Operation.READ).handle()) {
      assertThat(handle.datastore().basePath()).isEqualTo(lockFile.getParent());
      assertThat(open()).isTrue();
    }
  }
}
