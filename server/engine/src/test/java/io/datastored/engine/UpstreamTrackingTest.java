package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.engine.WriteOutcome.Removed;
import io.datastored.file.ProcessFiles;
import io.datastored.file.StoreException;
import io.datastored.history.Incarnation;
import io.datastored.operation.Counter;
import io.datastored.operation.MappedCounters;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import io.datastored.operation.ProcessCounters;
import io.datastored.operation.Stripe;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The tracking bug of the original: its table of operations asked "is the table empty?" where "is
 * my entry missing?" was meant, so a process that came second was never listed, its last release
 * was never the last, and a datastore could be deleted while it wrote. One test for each way in
 * which that shows.
 */
@Tag("long")
final class UpstreamTrackingTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final Incarnation RUN = new Incarnation("0123456789abcdef");
  private static final Function<ConsistentRead, Optional<String>> UNUSED_ONLY =
      pass ->
          pass.steady() && pass.counts().none()
              ? Optional.empty()
              : Optional.of("in use: " + pass.processes());

  @TempDir Path directory;

  private EngineFiles files;
  private Path base;

  @BeforeEach
  void setUp() throws IOException {
    base = Files.createDirectory(directory.resolve("base"));
    Path unused = Files.createFile(base.resolve(".lock"));
    files = new EngineFiles(directory).write("datastore: main\n\tpath " + base + "\n");
  }

  private Path counterFile() throws IOException {
    try (Stream<Path> all = Files.list(files.run())) {
      return all.filter(file -> file.toString().endsWith(".counters")).findFirst().orElseThrow();
    }
  }

  /** What the table should say: for each owner, operations in progress by datastore. */
  private record Model(long[][][] counts) {

    Model(int owners, int datastores) {
      this(new long[owners][datastores][2]);
    }

    OperationCounts of(int owner, int datastore) {
      return new OperationCounts(counts[owner][datastore][0], counts[owner][datastore][1]);
    }

    OperationCounts total(int datastore) {
      OperationCounts total = OperationCounts.NONE;
      for (int owner = 0; owner < counts.length; owner++) {
        total = total.plus(of(owner, datastore));
      }
      return total;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void idea1_anySequenceOfAnyOwners_isWhatAModelSays(long seed) throws Exception {
    Random random = new Random(seed);
    Path run = Files.createDirectory(directory.resolve("owners"));
    List<MappedCounters> owners = new ArrayList<>();
    List<List<Counter>> table = new ArrayList<>();
    int datastores = 4;
    for (int owner = 0; owner < 5; owner++) {
      owners.add(MappedCounters.open(ProcessFiles.in(run), RUN, "owner" + owner, random));
      table.add(new ArrayList<>());
      for (int i = 0; i < datastores; i++) {
        Counter counter = owners.get(owner).claim(name(i), Path.of("/srv/" + i));
        counter.open();
        table.get(owner).add(counter);
      }
    }
    Map<Counter, Stripe> countedOn = new HashMap<>();
    Model model = new Model(owners.size(), datastores);
    for (int step = 0; step < 2000; step++) {
      int owner = random.nextInt(owners.size());
      int datastore = random.nextInt(datastores);
      Operation operation = random.nextBoolean() ? Operation.READ : Operation.WRITE;
      long[] cell = model.counts()[owner][datastore];
      Counter counter = table.get(owner).get(datastore);
      if (random.nextBoolean()) {
        countedOn.put(counter, counter.enter(operation));
        cell[operation.ordinal()]++;
      } else if (cell[operation.ordinal()] > 0) {
        cell[operation.ordinal()]--;
        assertThat(countedOn.get(counter).exit(operation))
            .as("the last of this owner")
            .isEqualTo(cell[0] == 0 && cell[1] == 0);
      } else if (countedOn.containsKey(counter)) {
        assertThatIllegalStateException().isThrownBy(() -> countedOn.get(counter).exit(operation));
      }
      assertThat(counter.counts()).isEqualTo(model.of(owner, datastore));
      if (step % 50 == 0) {
        assertTotals(owners, model, datastores);
      }
    }
    assertTotals(owners, model, datastores);
    owners.forEach(MappedCounters::close);
  }

  private static DatastoreName name(int i) {
    return DatastoreName.of("store-" + i);
  }

  private static void assertTotals(List<MappedCounters> owners, Model model, int datastores)
      throws StoreException {
    for (MappedCounters one : owners) {
      List<ProcessCounters> live = one.live();
      assertThat(live).hasSameSizeAs(owners);
      for (int i = 0; i < datastores; i++) {
        OperationCounts total = OperationCounts.NONE;
        for (ProcessCounters process : live) {
          total = total.plus(process.operations(name(i)).counts());
        }
        assertThat(total).isEqualTo(model.total(i));
      }
    }
  }

  @Test
  void idea2_theProcessThatComesSecond_isListed_andItsLastReleaseIsTheLast() throws Exception {
    try (EngineChild first = files.child();
        EngineChild second = files.child()) {
      assertThat(first.ask("hold main READ")).isEqualTo("held");
      assertThat(second.ask("hold main WRITE")).isEqualTo("held");
      assertThat(first.ask("counts main")).isEqualTo("1 1");
      assertThat(first.ask("mode main OFFLINE")).matches("\\d+");
      assertThat(second.ask("counts main")).isEqualTo("1 1");
      assertThat(LockFiles.open(second.pid(), base)).isEqualTo(1);
      assertThat(second.ask("lookup main READ")).isEqualTo("UNDER_MAINTENANCE");
      assertThat(second.ask("release WRITE")).isEqualTo("released");
      await("evicted by its last release").until(() -> LockFiles.open(second.pid(), base) == 0);
      assertThat(first.ask("counts main")).isEqualTo("1 0");
      assertThat(LockFiles.open(first.pid(), base)).as("the first still works").isEqualTo(1);
      assertThat(first.ask("release READ")).isEqualTo("released");
      await().until(() -> LockFiles.open(first.pid(), base) == 0);
    }
  }

  @Test
  void idea3_releaseWithNoEntryOrOnlyForeignOnes_countsNothing() throws Exception {
    try (Engine engine = Engine.open(files.options());
        EngineChild child = files.child()) {
      assertThat(child.ask("release READ")).isEqualTo("nothing to release");
      assertThat(engine.operations(MAIN)).isEqualTo(OperationCounts.NONE);
      Handle own = engine.lookup(MAIN, Operation.READ).handle();
      own.close();
      assertThat(child.ask("hold main WRITE")).isEqualTo("held");
      own.close();
      assertThat(engine.operations(MAIN))
          .as("closed twice, beside an entry of somebody else")
          .isEqualTo(new OperationCounts(0, 1));
    }
  }

  @Test
  void idea4_releaseThatWasNeverCounted_isAnError_neverNegative() throws Exception {
    Path run = Files.createDirectory(directory.resolve("owners"));
    MappedCounters counters = MappedCounters.open(ProcessFiles.in(run), RUN, "one", new Random(1));
    Counter counter = counters.claim(MAIN, base);
    counter.open();
    for (Operation operation : new Operation[] {Operation.READ, Operation.WRITE}) {
      Stripe counted = counter.enter(operation);
      boolean unused = counted.exit(operation);
      assertThatIllegalStateException().isThrownBy(() -> counted.exit(operation));
      assertThat(counters.live().get(0).operations(MAIN).counts()).isEqualTo(OperationCounts.NONE);
    }
    counters.close();
  }

  @Test
  void idea5_killOfOneOwner_takesItsCountsOnly() throws Exception {
    try (EngineChild stays = files.child();
        EngineChild dies = files.child()) {
      assertThat(stays.ask("hold main READ")).isEqualTo("held");
      assertThat(dies.ask("hold main READ")).isEqualTo("held");
      assertThat(dies.ask("hold main WRITE")).isEqualTo("held");
      assertThat(stays.ask("counts main")).isEqualTo("2 1");
      dies.kill();
      assertThat(stays.ask("counts main")).isEqualTo("1 0");
    }
  }

  @Test
  void idea6_numberOfADeadProcessGivenToALiveOne_bringsNothingBack() throws Exception {
    try (EngineChild dies = files.child()) {
      assertThat(dies.ask("hold main WRITE")).isEqualTo("held");
      Path file = counterFile();
      dies.kill();
      try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
        ByteBuffer pid = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
        bytes.seek(32);
        bytes.write(pid.putLong(ProcessHandle.current().pid()).array());
      }
      // The page of the run is renewed by who comes alone; the counters of the dead go with it.
      try (Engine engine = Engine.open(files.options())) {
        assertThat(engine.operations(MAIN)).isEqualTo(OperationCounts.NONE);
        assertThat(file).doesNotExist();
      }
    }
  }

  @Test
  void idea6_sameWhileOthersAreThere() throws Exception {
    try (EngineChild dies = files.child()) {
      Path file = counterFile();
      try (Engine engine = Engine.open(files.options())) {
        assertThat(dies.ask("hold main WRITE")).isEqualTo("held");
        dies.kill();
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
          ByteBuffer pid = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
          bytes.seek(32);
          bytes.write(pid.putLong(ProcessHandle.current().pid()).array());
        }
        assertThat(engine.operations(MAIN)).isEqualTo(OperationCounts.NONE);
        assertThat(file).doesNotExist();
      }
    }
  }

  @Test
  void idea7_eviction_isSeenFromTheOpenDescriptors() throws Exception {
    try (Engine engine = Engine.open(files.options());
        EngineChild child = files.child()) {
      assertThat(LockFiles.open(base)).isZero();
      assertThat(child.ask("lookup main WRITE")).startsWith("granted");
      engine.lookup(MAIN, Operation.READ).handle().close();
      assertThat(LockFiles.open(base)).isEqualTo(1);
      assertThat(child.ask("descriptors " + base)).isEqualTo("1");
      WriteOutcome unused = EngineFiles.mode(engine, "main", MaintenanceMode.UNMOUNT);
      engine.bulkheads().awaitQuiet();
      assertThat(LockFiles.open(base)).isZero();
      await().until(() -> child.ask("descriptors " + base).equals("0"));
    }
  }

  @Test
  void idea8_delete_isRefusedWhileAnyProcessWorks() throws Exception {
    try (Engine engine = Engine.open(files.options());
        EngineChild first = files.child();
        EngineChild second = files.child()) {
      assertThat(first.ask("hold main READ")).isEqualTo("held");
      assertThat(second.ask("hold main WRITE")).isEqualTo("held");
      WriteOutcome unused = EngineFiles.mode(engine, "main", MaintenanceMode.DELETE);
      assertInUse(engine);
      assertThat(first.ask("release READ")).isEqualTo("released");
      assertInUse(engine);
      second.kill();
      assertThat(delete(engine)).isInstanceOf(Removed.class);
      assertThat(first.ask("lookup main READ")).isEqualTo("UNKNOWN_DATASTORE");
    }
  }

  private static WriteOutcome delete(Engine engine) {
    return engine.delete(MAIN, Optional.empty(), UNUSED_ONLY, Intent.COMMIT);
  }

  private static void assertInUse(Engine engine) {
    assertThat(delete(engine))
        .isInstanceOfSatisfying(
            Rejected.class,
            rejected -> assertThat(rejected.reason()).isEqualTo(Rejected.Reason.IN_USE));
  }

  @Test
  void idea9_lookupThatFails_changesNoCount() throws Exception {
    SteppedCounters counters = new SteppedCounters();
    try (EngineFixture fixture =
        EngineFixture.with(
            "datastore: main\n\tpath /srv/main\n",
            new io.datastored.history.LocalDoorbell(),
            counters)) {
      counters.full(true);
      assertThat(fixture.engine().lookup(MAIN, Operation.WRITE)).isInstanceOf(Refused.class);
      assertThat(fixture.engine().operations(MAIN)).isEqualTo(OperationCounts.NONE);
      counters.full(false);
      fixture.setMode(MAIN, MaintenanceMode.OFFLINE);
      assertThat(fixture.engine().lookup(MAIN, Operation.WRITE)).isInstanceOf(Refused.class);
      assertThat(fixture.engine().operations(MAIN)).isEqualTo(OperationCounts.NONE);
    }
  }

  @Test
  void idea10_modeSetDuringAnOperation_evictsAtItsEnd() throws Exception {
    try (Engine engine = Engine.open(files.options());
        EngineChild child = files.child()) {
      Handle handle = engine.lookup(MAIN, Operation.WRITE).handle();
      assertThat(child.ask("mode main OFFLINE")).matches("\\d+");
      await().until(() -> engine.lookup(MAIN, Operation.READ) instanceof Refused);
      assertThat(LockFiles.open(base)).isEqualTo(1);
      handle.close();
      engine.bulkheads().awaitQuiet();
      assertThat(LockFiles.open(base)).isZero();
      assertThat(child.ask("counts main")).isEqualTo("0 0");
    }
  }
}
