package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.engine.health.Trouble;
import io.datastored.engine.health.TroubleCause;
import io.datastored.operation.Operation;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A base path whose file system does not answer costs lookups of that base path and nobody else. A
 * FIFO named {@code .lock} is one: who opens it waits for somebody who writes.
 */
@Timeout(60)
final class HungBasePathTest {

  private static final DatastoreName HUNG = DatastoreName.of("hung");
  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final Duration PATIENCE = Duration.ofMillis(50);

  @TempDir Path directory;

  private Path fifo;
  private Engine engine;

  @BeforeEach
  void start() throws Exception {
    Path hung = Files.createDirectory(directory.resolve("hung"));
    Path main = Files.createDirectory(directory.resolve("main"));
    Path unused = Files.createFile(main.resolve(".lock"));
    fifo = hung.resolve(".lock");
    fifo();
    EngineOptions options =
        new EngineFiles(directory)
            .write("datastore: hung\n\tpath " + hung + "\n\ndatastore: main\n\tpath " + main + "\n")
            .options(chosen -> chosen.timing.basePathWait = PATIENCE);
    engine = Engine.open(options);
  }

  @AfterEach
  void close() throws Exception {
    engine.close();
    answer();
  }

  private void fifo() throws Exception {
    Process mkfifo = new ProcessBuilder("mkfifo", fifo.toString()).inheritIO().start();
    assertThat(mkfifo.waitFor()).isZero();
  }

  /**
   * Lets the open return, as a mount that answers again does: opened both ways a FIFO never waits.
   */
  private void answer() throws Exception {
    try (RandomAccessFile unused = new RandomAccessFile(fifo.toFile(), "rw")) {
      await().until(() -> baseThreadsIn("open") == 0);
    }
  }

  private Optional<Trouble> hang() {
    return engine.troubles().of(HUNG).stream().findFirst();
  }

  private String refused(Operation operation) {
    assertThat(engine.lookup(HUNG, operation)).isInstanceOf(Refused.class);
    Refused refused = (Refused) engine.lookup(HUNG, operation);
    assertThat(refused.reason()).isEqualTo(Refused.Reason.NOT_READY);
    return refused.detail();
  }

  private static long baseThreads() {
    return baseThreadsIn("run");
  }

  /** Threads of base paths that are in a method of this name. */
  private static long baseThreadsIn(String method) {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(thread -> thread.getKey().getName().startsWith("datastored-base-path"))
        .filter(
            thread ->
                Arrays.stream(thread.getValue())
                    .anyMatch(frame -> frame.getMethodName().equals(method)))
        .count();
  }

  private boolean held() throws Exception {
    return engine.pass(HUNG).processes().stream().anyMatch(process -> process.open());
  }

  @Test
  void lookup_hungBasePath_isRefusedWithTheReasonAndSinceWhen_withoutAnotherThread() {
    assertThat(refused(Operation.READ))
        .contains("the file system of " + fifo.getParent() + " does not answer since 20");
    long threads = baseThreads();
    long began = System.nanoTime();
    for (int i = 0; i < 1_000; i++) {
      assertThat(refused(Operation.WRITE)).contains("does not answer since");
      assertThat(engine.lookupNow(HUNG, Operation.READ)).as("from memory").isPresent();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .as("nobody waits for what is known to hang")
        .isLessThan(PATIENCE.multipliedBy(100));
    assertThat(baseThreads()).isLessThanOrEqualTo(threads);
    assertThat(engine.verdict(HUNG, Operation.READ).orElseThrow().reason())
        .isEqualTo(Refused.Reason.NOT_READY);
    assertThat(engine.verdict(MAIN, Operation.READ)).isEmpty();
    await().until(() -> hang().isPresent());
    assertThat(hang().orElseThrow().cause()).isEqualTo(TroubleCause.BASE_PATH);
    assertThat(engine.troubles().of(MAIN)).isEmpty();
  }

  @Test
  void others_goOn() {
    String unused = refused(Operation.READ);
    engine.lookup(MAIN, Operation.WRITE).handle().close();
    EngineFiles.mode(engine, "hung", MaintenanceMode.READ_ONLY);
    EngineFiles.mode(engine, "main", MaintenanceMode.OFFLINE);
    await().until(() -> engine.pass(MAIN).processes().stream().noneMatch(p -> p.open()));
  }

  @Test
  void fileSystemThatAnswersAgain_isUsedAgain() throws Exception {
    String unused = refused(Operation.READ);
    await().until(() -> hang().isPresent());
    answer();
    await().until(() -> hang().isEmpty());
    engine.lookup(HUNG, Operation.READ).handle().close();
  }

  @Test
  void drainOfAnEvictingMode_whileTheOpenHangs_doesNotSeeItLetGo() throws Exception {
    String unused = refused(Operation.READ);
    EngineFiles.mode(engine, "hung", MaintenanceMode.UNMOUNT);
    assertThat(held()).as("the call keeps the file system busy").isTrue();
    answer();
    // Opened, found not to be wanted any more, closed.
    await().until(() -> !held());
  }

  @Test
  void resume_hungBasePath_isCounted() throws Exception {
    Lookup resumed = engine.resume(HUNG, Operation.WRITE);
    assertThat(engine.operations(HUNG).write()).isEqualTo(1);
    resumed.handle().close();
  }

  @Test
  @Timeout(value = 20, unit = TimeUnit.SECONDS)
  void close_whileTheOpenHangs_ends() {
    String unused = refused(Operation.READ);
    engine.close();
    assertThat(engine.lookup(MAIN, Operation.READ)).isInstanceOf(Refused.class);
  }
}
