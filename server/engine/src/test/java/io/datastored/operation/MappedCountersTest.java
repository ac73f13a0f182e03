package io.datastored.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.file.ProcessFiles;
import io.datastored.file.StoreException;
import io.datastored.history.Incarnation;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of counters; what happens between processes is in the tests of the engine. */
final class MappedCountersTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final Path BASE = Path.of("/srv/main");
  private static final Incarnation RUN = new Incarnation("0123456789abcdef");

  @TempDir Path directory;

  private final Random random = new Random(7);
  private final List<MappedCounters> opened = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    opened.forEach(MappedCounters::close);
    assertThat(files()).as("nothing is left").isEmpty();
  }

  private MappedCounters open(String program) throws StoreException {
    return open(program, OwnCounterFile::append);
  }

  private MappedCounters open(String program, OwnCounterFile.Growth growth) throws StoreException {
    MappedCounters counters =
        MappedCounters.open(ProcessFiles.in(directory), RUN, program, growth, random);
    opened.add(counters);
    return counters;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  private Path fileOf(String ending) throws IOException {
    return files().stream()
        .filter(file -> file.toString().endsWith(ending))
        .findFirst()
        .orElseThrow();
  }

  private static OperationCounts counts(Counters counters, DatastoreName name)
      throws StoreException {
    OperationCounts sum = OperationCounts.NONE;
    for (ProcessCounters process : counters.live()) {
      sum = sum.plus(process.operations(name).counts());
    }
    return sum;
  }

  private static Counter opened(Counter counter) {
    counter.open();
    return counter;
  }

  @Test
  void claim_isClosed_andSeenByTheOthers() throws Exception {
    MappedCounters one = open("one");
    MappedCounters two = open("two");
    Counter counter = one.claim(MAIN, BASE);
    assertThat(counter.closed()).isTrue();
    assertThat(counts(two, MAIN)).isEqualTo(OperationCounts.NONE);
    counter.open();
    Stripe counted = counter.enter(Operation.WRITE);
    assertThat(counts(two, MAIN)).isEqualTo(new OperationCounts(0, 1));
    assertThat(counts(one, MAIN)).as("its own once").isEqualTo(new OperationCounts(0, 1));
    assertThat(counted.exit(Operation.WRITE)).isTrue();
    assertThat(counts(two, MAIN)).isEqualTo(OperationCounts.NONE);
  }

  @Test
  void claim_beyondOneChunk_keepsEveryCounterApart() throws Exception {
    MappedCounters one = open("one");
    MappedCounters two = open("two");
    int datastores = 3 * CounterLayout.RECORDS + 5;
    List<Counter> counters = new ArrayList<>();
    for (int i = 0; i < datastores; i++) {
      counters.add(opened(one.claim(name(i), Path.of("/srv/" + i))));
      assertThat(counters.get(i).enter(i % 2 == 0 ? Operation.READ : Operation.WRITE)).isNotNull();
      if (i % 400 == 0) {
        assertThat(counts(two, name(i)).none()).as("the index grows with the file").isFalse();
      }
    }
    ImmutableList<ProcessCounters> live = two.live();
    for (int i = 0; i < datastores; i++) {
      OperationCounts wanted = new OperationCounts(1 - i % 2, i % 2);
      assertThat(live.get(1).operations(name(i)).counts()).isEqualTo(wanted);
    }
  }

  private static DatastoreName name(int i) {
    return DatastoreName.of("store-" + i);
  }

  @Test
  void claim_fileSystemFull_failsAndLaterGoesOn() throws Exception {
    AtomicBoolean full = new AtomicBoolean();
    MappedCounters one =
        open(
            "one",
            (file, at) -> {
              if (full.get()) {
                // As much as there was room for.
                int unused = file.write(ByteBuffer.allocate(1000), at);
                throw new IOException("No space left on device");
              }
              OwnCounterFile.append(file, at);
            });
    MappedCounters two = open("two");
    for (int i = 0; i < CounterLayout.RECORDS; i++) {
      assertThat(opened(one.claim(name(i), Path.of("/srv/" + i))).enter(Operation.READ))
          .isNotNull();
    }
    full.set(true);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> one.claim(MAIN, BASE))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("no space is left");
    }
    assertThat(counts(two, name(7))).isEqualTo(new OperationCounts(1, 0));
    assertThat(counts(two, MAIN)).isEqualTo(OperationCounts.NONE);
    full.set(false);
    assertThat(opened(one.claim(MAIN, BASE)).enter(Operation.WRITE)).isNotNull();
    assertThat(counts(two, MAIN)).isEqualTo(new OperationCounts(0, 1));
  }

  @Test
  void open_fileSystemFull_failsAndLeavesNothing() throws Exception {
    assertThatThrownBy(
            () ->
                open(
                    "one",
                    (file, at) -> {
                      throw new IOException("No space left on device");
                    }))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("no space is left");
    assertThat(files()).isEmpty();
    assertThat(counts(open("two"), MAIN)).isEqualTo(OperationCounts.NONE);
  }

  @Test
  void live_whileAnotherClaims_neverMeetsARecordWithoutItsName() throws Exception {
    MappedCounters one = open("one");
    MappedCounters two = open("two");
    CompletableFuture<Void> claims =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < 5 * CounterLayout.RECORDS; i++) {
                claim(one, name(i));
              }
            });
    while (!claims.isDone()) {
      assertThat(two.live()).hasSize(2);
    }
    claims.join();
    ProcessCounters seen = two.live().get(1);
    for (int i = 0; i < 5 * CounterLayout.RECORDS; i++) {
      assertThat(seen.operations(name(i)).open()).as("its name was read").isTrue();
    }
  }

  private static void claim(MappedCounters counters, DatastoreName name) {
    try {
      counters.claim(name, BASE).open();
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void live_fileThatNobodyCanRead_ofALiveProcess_failsInsteadOfCountingLess() throws Exception {
    MappedCounters one = open("one");
    try (RandomAccessFile file = new RandomAccessFile(fileOf(".counters").toFile(), "rw")) {
      file.writeBytes("another program");
    }
    MappedCounters two = open("two");
    assertThatThrownBy(two::live)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("cannot be read, though its process is alive");
    one.close();
    assertThat(two.live()).hasSize(1);
  }

  @Test
  void live_fileFullOfNonsense_ofALiveProcess_failsInASentence() throws Exception {
    MappedCounters one = open("one");
    Path file = fileOf(".counters");
    Counter unused = one.claim(MAIN, BASE);
    byte[] good = Files.readAllBytes(file);
    MappedCounters two = open("two");
    for (int at : new int[] {512, 515, CounterLayout.HEAD + 64, CounterLayout.HEAD + 65}) {
      byte[] bad = good.clone();
      bad[at] = (byte) 0xFF;
      Files.write(file, bad);
      assertThatThrownBy(two::live).as("byte %s", at).isInstanceOf(StoreException.class);
    }
    Files.write(file, good);
    assertThat(two.live()).hasSize(2);
  }

  @Test
  void live_strayLock_ofNobody_staysForTheNextStart() throws Exception {
    Path stray = Files.createFile(directory.resolve("0000000000000001.life"));
    assertThat(open("one").live()).as("only what can be seen is judged").hasSize(1);
    assertThat(stray).exists();
    Files.delete(stray);
  }

  @Test
  void live_visibleFileWithoutALiveLock_isRemoved() throws Exception {
    Path dead = Files.write(directory.resolve("0000000000000001.counters"), new byte[10]);
    Path life = Files.createFile(directory.resolve("0000000000000001.life"));
    Path deadWithout = Files.write(directory.resolve("0000000000000002.counters"), new byte[10]);
    assertThat(open("one").live()).hasSize(1);
    assertThat(dead).doesNotExist();
    assertThat(life).doesNotExist();
    assertThat(deadWithout).doesNotExist();
    assertThat(files()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {".life", ".counters"})
  void intact_fileOrItsLockRemovedByHand_isFalse(String ending) throws Exception {
    MappedCounters one = open("one");
    assertThat(one.intact()).isTrue();
    Files.delete(fileOf(ending));
    assertThat(one.intact()).isFalse();
  }

  @Test
  void owner_isToldForPeople() throws Exception {
    MappedCounters one = open("a program with an ä");
    Counter counter = opened(one.claim(MAIN, BASE));
    Stripe counted = counter.enter(Operation.READ);
    ProcessCounters seen = open("two").live().get(1);
    assertThat(seen.operations(MAIN))
        .isEqualTo(
            new ProcessOperations(
                ProcessHandle.current().pid(),
                "a program with an ä",
                new OperationCounts(1, 0),
                true,
                true));
    assertThat(counted.exit(Operation.READ)).isTrue();
  }

  @Test
  void operations_byBasePathUnderAnotherName_areCountedOnce() throws Exception {
    MappedCounters one = open("one");
    DatastoreName renamed = DatastoreName.of("renamed");
    assertThat(opened(one.claim(MAIN, BASE)).enter(Operation.WRITE)).isNotNull();
    assertThat(opened(one.claim(renamed, BASE)).enter(Operation.READ)).isNotNull();
    ProcessCounters seen = open("two").live().get(1);
    BasePathHash base = BasePathHash.of(Path.of("/srv/./other/../main"));
    assertThat(seen.operations(renamed, base).counts()).isEqualTo(new OperationCounts(1, 1));
    assertThat(seen.operations(MAIN, base).counts()).isEqualTo(new OperationCounts(1, 1));
    assertThat(seen.operations(MAIN).counts()).isEqualTo(new OperationCounts(0, 1));
    assertThat(seen.operations(DatastoreName.of("other"), base).counts())
        .isEqualTo(new OperationCounts(1, 1));
  }
}
