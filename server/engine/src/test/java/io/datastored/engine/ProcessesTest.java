package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import io.datastored.operation.ProcessOperations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Invariant 9: processes see each other's operations, and only those of live ones. */
@Tag("long")
final class ProcessesTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final DatastoreName OTHER = DatastoreName.of("other");

  @TempDir Path directory;

  private EngineFiles files;
  private Path base;

  @BeforeEach
  void setUp() throws IOException {
    base = Files.createDirectory(directory.resolve("base"));
    Path unused = Files.createFile(base.resolve(".lock"));
    files = new EngineFiles(directory).write(config("main"));
  }

  private String config(String name) {
    return "datastore: " + name + "\n\tpath " + base + "\n\ndatastore: other\n\tpath /srv/o\n";
  }

  private List<String> countersInRunDirectory() throws IOException {
    try (Stream<Path> all = Files.list(files.run())) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> !name.equals("page"))
          .toList();
    }
  }

  @Test
  void census_threeProcesses_eachSeesTheOthers() throws Exception {
    try (Engine engine = Engine.open(files.options());
        EngineChild first = files.child();
        EngineChild second = files.child()) {
      assertThat(first.ask("hold main READ")).isEqualTo("held");
      assertThat(second.ask("hold main READ")).isEqualTo("held");
      assertThat(second.ask("hold main WRITE")).isEqualTo("held");
      try (Handle own = engine.lookup(MAIN, Operation.WRITE).handle()) {
        assertThat(own.operation()).isEqualTo(Operation.WRITE);
        assertThat(engine.operations(MAIN)).isEqualTo(new OperationCounts(2, 2));
        assertThat(first.ask("counts main")).isEqualTo("2 2");
        assertThat(second.ask("counts main")).isEqualTo("2 2");
        assertThat(engine.census().processes(MAIN))
            .containsExactlyInAnyOrder(
                new ProcessOperations(
                    first.pid(), "EngineChild", new OperationCounts(1, 0), true, false),
                new ProcessOperations(
                    second.pid(), "EngineChild", new OperationCounts(1, 1), true, false),
                new ProcessOperations(
                    ProcessHandle.current().pid(),
                    files.options().program(),
                    new OperationCounts(0, 1),
                    true,
                    true));
      }
      assertThat(engine.operations(MAIN)).isEqualTo(new OperationCounts(2, 1));
      assertThat(engine.operations(OTHER)).isEqualTo(OperationCounts.NONE);
      assertThat(second.ask("release WRITE")).isEqualTo("released");
      assertThat(second.ask("release READ")).isEqualTo("released");
      assertThat(first.ask("release READ")).isEqualTo("released");
      assertThat(first.ask("counts main")).isEqualTo("0 0");
      assertThat(engine.operations(MAIN)).isEqualTo(OperationCounts.NONE);
    }
  }

  @RepeatedTest(3)
  void kill_ofOne_takesItsCountsAndNobodyElses() throws Exception {
    try (Engine engine = Engine.open(files.options());
        EngineChild dies = files.child();
        EngineChild stays = files.child()) {
      assertThat(dies.ask("hold main WRITE")).isEqualTo("held");
      assertThat(dies.ask("hold other READ")).isEqualTo("held");
      assertThat(stays.ask("hold main READ")).isEqualTo("held");
      try (Handle own = engine.lookup(OTHER, Operation.WRITE).handle()) {
        assertThat(own.operation()).isEqualTo(Operation.WRITE);
        assertThat(stays.ask("counts main")).isEqualTo("1 1");
        dies.kill();
        assertThat(engine.operations(MAIN)).isEqualTo(new OperationCounts(1, 0));
        assertThat(stays.ask("counts main")).isEqualTo("1 0");
        assertThat(stays.ask("counts other")).isEqualTo("0 1");
        assertThat(engine.operations(OTHER)).isEqualTo(new OperationCounts(0, 1));
        assertThat(countersInRunDirectory()).as("two files of each live process").hasSize(4);
      }
      assertThat(stays.ask("release READ")).isEqualTo("released");
      assertThat(engine.operations(MAIN)).isEqualTo(OperationCounts.NONE);
    }
  }

  @Test
  void open_whileAnotherLooks_isNeverTakenForDead() throws Exception {
    try (EngineChild child = files.child()) {
      assertThat(child.ask("stare")).isEqualTo("staring");
      for (int i = 0; i < 30; i++) {
        try (Engine engine = Engine.open(files.options());
            Handle handle = engine.lookup(MAIN, Operation.WRITE).handle()) {
          assertThat(child.ask("counts main")).isEqualTo("0 1");
          assertThat(handle.operation()).isEqualTo(Operation.WRITE);
        }
      }
    }
  }

  @Test
  void pass_operationOfAnotherProcess_isSeenUntilItEnds() throws Exception {
    try (Engine engine = Engine.open(files.options());
        EngineChild child = files.child()) {
      assertThat(child.ask("hold main WRITE")).isEqualTo("held");
      assertThat(child.ask("mode main OFFLINE")).matches("\\d+");
      ConsistentRead busy = engine.pass(MAIN);
      assertThat(busy.steady()).isTrue();
      assertThat(busy.counts()).isEqualTo(new OperationCounts(0, 1));
      assertThat(busy.processes()).extracting(ProcessOperations::open).containsExactly(true);
      assertThat(child.ask("release WRITE")).isEqualTo("released");
      await("nothing in progress, and closed")
          .until(
              () -> {
                ConsistentRead idle = engine.pass(MAIN);
                return idle.steady() && idle.processes().isEmpty();
              });
    }
  }

  @Test
  void evictingMode_setElsewhere_closesTheLockFileOfAnIdleProcess() throws Exception {
    try (Engine engine = Engine.open(files.options());
        EngineChild child = files.child()) {
      assertThat(child.ask("lookup main READ")).startsWith("granted");
      assertThat(LockFiles.open(child.pid(), base)).as("open, nobody works").isEqualTo(1);
      assertThat(engine.pass(MAIN).processes())
          .extracting(ProcessOperations::open)
          .containsExactly(true);
      WriteOutcome unused = EngineFiles.mode(engine, "main", MaintenanceMode.OFFLINE);
      await().until(() -> engine.pass(MAIN).processes().isEmpty());
      assertThat(LockFiles.open(child.pid(), base)).isZero();
    }
  }

  @Test
  void evictingMode_setElsewhereDuringAnOperation_closesTheLockFileAtItsEnd() throws Exception {
    try (Engine engine = Engine.open(files.options());
        EngineChild child = files.child()) {
      assertThat(child.ask("hold main READ")).isEqualTo("held");
      WriteOutcome unused = EngineFiles.mode(engine, "main", MaintenanceMode.UNMOUNT);
      String generation = Long.toString(EngineFiles.generation(engine));
      await().until(() -> child.ask("generation").equals(generation));
      assertThat(LockFiles.open(child.pid(), base)).isEqualTo(1);
      assertThat(child.ask("release READ")).isEqualTo("released");
      await().until(() -> engine.pass(MAIN).processes().isEmpty());
      assertThat(LockFiles.open(child.pid(), base)).isZero();
    }
  }

  @Test
  void renamedByHand_operationUnderTheOldName_isSeenUnderTheNew() throws Exception {
    try (Engine engine = Engine.open(files.options());
        EngineChild child = files.child()) {
      assertThat(child.ask("hold main WRITE")).isEqualTo("held");
      files.replace(config("renamed"));
      DatastoreName renamed = DatastoreName.of("renamed");
      await().until(() -> engine.snapshot().find(renamed).isPresent());
      assertThat(engine.operations(renamed)).isEqualTo(new OperationCounts(0, 1));
      assertThat(engine.operations(MAIN))
          .as("by its name too")
          .isEqualTo(new OperationCounts(0, 1));
    }
  }

  @Test
  void close_withAHandleOpen_keepsTheCountUntilItIsClosed() throws Exception {
    try (Engine engine = Engine.open(files.options());
        EngineChild child = files.child()) {
      assertThat(child.ask("hold main WRITE")).isEqualTo("held");
      assertThat(child.ask("hold other READ")).isEqualTo("held");
      assertThat(child.ask("close")).isEqualTo("closed");
      assertThat(engine.operations(MAIN)).isEqualTo(new OperationCounts(0, 1));
      assertThat(child.ask("hold main READ")).isEqualTo("NOT_READY");
      assertThat(child.ask("release WRITE")).isEqualTo("released");
      assertThat(engine.operations(MAIN)).isEqualTo(OperationCounts.NONE);
      assertThat(countersInRunDirectory()).as("there is still one").hasSize(4);
      assertThat(child.ask("release READ")).isEqualTo("released");
      assertThat(countersInRunDirectory()).as("only our own are left").hasSize(2);
    }
  }

  @Test
  void reopened_inTheSameProcess_handleOfTheFirstEngineStillCounts() throws Exception {
    Engine first = Engine.open(files.options());
    Handle handle = first.lookup(MAIN, Operation.WRITE).handle();
    first.close();
    try (Engine second = Engine.open(files.options());
        EngineChild child = files.child()) {
      assertThat(second.operations(MAIN)).isEqualTo(new OperationCounts(0, 1));
      assertThat(second.operations(MAIN))
          .as("looking does not take the lock")
          .isEqualTo(new OperationCounts(0, 1));
      assertThat(child.ask("counts main")).isEqualTo("0 1");
      handle.close();
      assertThat(child.ask("counts main")).isEqualTo("0 0");
    }
  }

  @Test
  void start_alone_removesWhatSomebodyLeftWhoDiedWhileHeBegan() throws Exception {
    Path unused = Files.createDirectories(files.run());
    for (String left :
        List.of(
            ".0000000000000001.new",
            "0000000000000001.life",
            "0000000000000002.life",
            "0000000000000003.counters")) {
      Path ignored = Files.createFile(files.run().resolve(left));
    }
    try (Engine engine = Engine.open(files.options())) {
      assertThat(engine.operations(MAIN)).isEqualTo(OperationCounts.NONE);
      assertThat(countersInRunDirectory()).as("its own").hasSize(2);
    }
  }

  @Test
  void ownFile_removedByHand_grantsNothingMore() throws Exception {
    EngineOptions options =
        files.options(chosen -> chosen.timing.digestCheck = Duration.ofMillis(20));
    try (Engine engine = Engine.open(options)) {
      engine.lookup(MAIN, Operation.READ).handle().close();
      for (String name : countersInRunDirectory()) {
        if (name.endsWith(".counters")) {
          Files.delete(files.run().resolve(name));
        }
      }
      await().until(() -> engine.lookup(MAIN, Operation.READ) instanceof Refused);
      assertThat(engine.troubles().ofServer().get(0).message())
          .contains("the counters of this process have been replaced or removed");
    }
  }

  @Test
  void monitor_removesTheFileOfADeadProcess_thoughNobodyAsks() throws Exception {
    EngineOptions options =
        files.options(chosen -> chosen.timing.digestCheck = Duration.ofMillis(20));
    try (Engine engine = Engine.open(options);
        EngineChild child = files.child()) {
      assertThat(child.ask("hold main WRITE")).isEqualTo("held");
      assertThat(countersInRunDirectory()).hasSize(4);
      child.kill();
      await().until(() -> countersInRunDirectory().size() == 2);
      assertThat(engine.troubles().ofServer()).isEmpty();
    }
  }

  @Test
  void lastUser_leaves_nothingIsLeftInTheRunDirectory() throws Exception {
    EngineOptions options = files.options();
    try (Engine engine = Engine.open(options)) {
      engine.lookup(MAIN, Operation.READ).handle().close();
      assertThat(countersInRunDirectory()).hasSize(2);
    }
    try (Stream<Path> left = Files.list(files.run())) {
      assertThat(left).as("it was chosen, so it stays, empty").isEmpty();
    }
  }
}
