package io.datastored.engine.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.engine.ConsistentRead;
import io.datastored.engine.Engine;
import io.datastored.engine.EngineFiles;
import io.datastored.engine.EngineStartException;
import io.datastored.engine.Handle;
import io.datastored.engine.Intent;
import io.datastored.engine.LockFiles;
import io.datastored.engine.Lookup;
import io.datastored.engine.MaintenanceChange;
import io.datastored.engine.Refused;
import io.datastored.engine.WriteOutcome;
import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.engine.WriteOutcome.Written;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import io.datastored.operation.ProcessOperations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The whole table: every mode before, every mode after, with nothing, a READ or a WRITE in progress
 * since before both were set. What is open is what the kernel says.
 */
final class MaintenanceTableTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");

  /** What a mode does, written down once more: not asked of what is tested. */
  private record Effect(Set<Operation> refuses, boolean evicts) {}

  private static final Map<MaintenanceMode, Effect> EFFECTS =
      Map.of(
          MaintenanceMode.NONE, new Effect(Set.of(), false),
          MaintenanceMode.READ_ONLY, new Effect(Set.of(Operation.WRITE), false),
          MaintenanceMode.OFFLINE, new Effect(Set.of(Operation.READ, Operation.WRITE), true),
          MaintenanceMode.DELETE, new Effect(Set.of(Operation.values()), true),
          MaintenanceMode.UNMOUNT, new Effect(Set.of(Operation.READ, Operation.WRITE), true),
          MaintenanceMode.S3_REFRESH, new Effect(Set.of(Operation.READ, Operation.WRITE), false));

  /** LOOKUP stands for nothing in progress. */
  private static final Operation IDLE = Operation.LOOKUP;

  /** Whether the caller gives the etag that he has seen. */
  private enum Caller {
    HAS_SEEN,
    HAS_NOT_SEEN
  }

  private record Row(MaintenanceMode before, MaintenanceMode after, Operation held, Caller caller) {

    /** Mode delete is left only by who has seen it. */
    boolean refused() {
      return before == MaintenanceMode.DELETE
          && after != MaintenanceMode.DELETE
          && caller == Caller.HAS_NOT_SEEN;
    }

    MaintenanceMode mode() {
      return refused() ? before : after;
    }
  }

  @TempDir private static Path directory;

  private static Path base = Path.of("/");
  private static Engine engine;

  @BeforeAll
  static void open() throws IOException, EngineStartException {
    base = Files.createDirectory(directory.resolve("base"));
    Path unused = Files.createFile(base.resolve(".lock"));
    EngineFiles files = new EngineFiles(directory).write("datastore: main\n\tpath " + base + "\n");
    engine = Engine.open(files.options());
  }

  @AfterAll
  static void close() {
    engine.close();
    assertThat(LockFiles.open(base)).isZero();
  }

  static List<Row> table() {
    List<Row> rows = new ArrayList<>();
    for (MaintenanceMode before : MaintenanceMode.values()) {
      for (MaintenanceMode after : MaintenanceMode.values()) {
        for (Operation held : Operation.values()) {
          for (Caller caller : Caller.values()) {
            rows.add(new Row(before, after, held, caller));
          }
        }
      }
    }
    return rows;
  }

  private static WriteOutcome set(MaintenanceMode mode, Optional<Etag> expected) {
    return engine.setMaintenance(
        new MaintenanceChange(
            MAIN, MaintenanceSetting.of(mode), Optional.empty(), Optional.empty(), expected),
        Intent.COMMIT);
  }

  private static Optional<Etag> etag() {
    return engine.snapshot().find(MAIN).map(Datastore::etag);
  }

  @ParameterizedTest
  @MethodSource("table")
  void mode(Row row) throws Exception {
    assertThat(set(MaintenanceMode.NONE, etag())).isInstanceOf(Written.class);
    // What is idle has been used before: there is something to evict.
    engine.lookup(MAIN, Operation.READ).handle().close();
    Handle held = engine.lookup(MAIN, row.held()).handle();
    assertThat(set(row.before(), etag())).isInstanceOf(Written.class);
    assertOpen(row.before(), row.held());

    WriteOutcome outcome =
        set(row.after(), row.caller() == Caller.HAS_SEEN ? etag() : Optional.empty());

    if (row.refused()) {
      assertThat(outcome)
          .isInstanceOfSatisfying(
              Rejected.class,
              rejected ->
                  assertThat(rejected.reason()).isEqualTo(Rejected.Reason.MODE_CHANGE_REFUSED));
    } else {
      assertThat(outcome).isInstanceOf(Written.class);
    }
    assertGranted(row.mode(), row.held());
    assertDrained(row.mode(), row.held());
    held.close();
    assertDrained(row.mode(), IDLE);
    assertThat(engine.operations(MAIN)).isEqualTo(OperationCounts.NONE);
  }

  /** Who is refused, and that he leaves nothing behind. */
  private static void assertGranted(MaintenanceMode mode, Operation held) {
    for (Operation operation : Operation.values()) {
      OperationCounts before = engine.operations(MAIN);
      assertThat(before).isEqualTo(counts(held));
      Lookup lookup = engine.lookup(MAIN, operation);
      assertThat(lookup instanceof Refused)
          .as("%s in mode %s", operation, mode)
          .isEqualTo(EFFECTS.get(mode).refuses().contains(operation));
      if (lookup instanceof Handle handle) {
        handle.close();
      }
      assertThat(engine.operations(MAIN)).isEqualTo(before);
    }
  }

  /** What a drain is told of what is still in the way, and what keeps the file system busy. */
  private static void assertDrained(MaintenanceMode mode, Operation held) throws Exception {
    engine.bulkheads().awaitQuiet();
    ConsistentRead pass = engine.pass(MAIN);
    assertThat(pass.steady()).isTrue();
    assertThat(pass.datastore().orElseThrow().maintenance().mode()).isEqualTo(mode);
    assertThat(pass.counts()).isEqualTo(counts(held));
    assertOpen(mode, held);
    assertThat(pass.processes())
        .extracting(ProcessOperations::open)
        .isEqualTo(LockFiles.open(base) == 0 ? List.of() : List.of(true));
  }

  private static void assertOpen(MaintenanceMode mode, Operation held) {
    engine.bulkheads().awaitQuiet();
    boolean evicted = EFFECTS.get(mode).evicts() && held == IDLE;
    // Evicted before and not used since: a mode that does not evict opens nothing by itself.
    long open = LockFiles.open(base);
    assertThat(open).isLessThanOrEqualTo(1);
    if (evicted) {
      assertThat(open).as("evicted in mode %s", mode).isZero();
    } else if (held != IDLE) {
      assertThat(open).as("%s in progress in mode %s", held, mode).isEqualTo(1);
    }
  }

  private static OperationCounts counts(Operation held) {
    return new OperationCounts(held == Operation.READ ? 1 : 0, held == Operation.WRITE ? 1 : 0);
  }
}
