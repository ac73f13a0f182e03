package io.datastored.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.datastored.testkit.JavaCommand;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LockFileTest {

  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir Path directory;

  /** A process that takes a lock, says so, and holds it until its input ends. */
  static final class Holder {
    public static void main(String[] arguments) throws Exception {
      LockFile file = LockFile.open(Path.of(arguments[0]));
      System.out.println(file.tryLock(Duration.ZERO).isPresent() ? "locked" : "refused");
      System.out.flush();
      while (System.in.read() >= 0) {
        // Until the end.
      }
    }
  }

  private Path path() {
    return directory.resolve("lock");
  }

  private Process startHolder() throws Exception {
    return new ProcessBuilder(JavaCommand.of(Holder.class, path()))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static String firstLine(Process process) throws Exception {
    return new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
        .readLine();
  }

  @Test
  void tryLock_otherProcessHoldsIt_waitsForItsEnd() throws Exception {
    Process holder = startHolder();
    try (LockFile file = LockFile.open(path())) {
      assertThat(firstLine(holder)).isEqualTo("locked");
      assertThat(file.tryLock(Duration.ZERO)).isEmpty();

      CompletableFuture<Optional<LockFile.Hold>> waiting =
          CompletableFuture.supplyAsync(() -> lock(file));
      holder.destroyForcibly();

      assertThat(waiting.get()).isPresent();
    } finally {
      holder.destroyForcibly();
    }
  }

  @Test
  void tryLock_heldHere_isRefusedToAnotherProcess() throws Exception {
    try (LockFile file = LockFile.open(path());
        LockFile.Hold hold = lock(file).orElseThrow()) {
      // The file may be looked at, but opening and closing it would drop the lock: nobody does.
      assertThat(Files.exists(path())).isTrue();
      Process holder = startHolder();
      assertThat(firstLine(holder)).isEqualTo("refused");
      holder.destroyForcibly();
    }
  }

  private static Optional<LockFile.Hold> lock(LockFile file) {
    try {
      return file.tryLock(LONG);
    } catch (StoreException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void tryLock_manyThreads_oneAtATime() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (LockFile file = LockFile.open(path())) {
      List<CompletableFuture<Void>> threads =
          java.util.stream.IntStream.range(0, 8)
              .mapToObj(
                  i ->
                      CompletableFuture.runAsync(
                          () -> {
                            for (int round = 0; round < 50; round++) {
                              try (LockFile.Hold hold = lock(file).orElseThrow()) {
                                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                                inside.decrementAndGet();
                              } catch (StoreException e) {
                                throw new AssertionError(e);
                              }
                            }
                          }))
              .toList();
      threads.forEach(CompletableFuture::join);
    }
    assertThat(most).hasValue(1);
  }

  @Test
  void tryLock_heldByAThread_givesUpInTime() throws Exception {
    try (LockFile file = LockFile.open(path());
        LockFile.Hold hold = lock(file).orElseThrow()) {
      assertThat(file.tryLock(Duration.ZERO)).isEmpty();
      assertThat(file.tryLock(Duration.ofMillis(20))).isEmpty();
      hold.close();
      hold.close();
      assertThat(file.tryLock(Duration.ZERO)).isPresent();
      assertThat(file.tryLock(Duration.ZERO)).isEmpty();
    }
  }

  @Test
  void open_twiceInOneProcess_isRefused_alsoByAnotherName() throws Exception {
    Path linked = Files.createSymbolicLink(directory.resolve("linked"), directory);
    try (LockFile file = LockFile.open(path())) {
      for (Path again : List.of(path(), linked.resolve("lock"), directory.resolve("./lock"))) {
        assertThatThrownBy(() -> LockFile.open(again))
            .isInstanceOfSatisfying(
                StoreException.class,
                e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.IN_USE));
      }
      file.close();
      file.close();
      LockFile.open(path()).close();
      assertThatThrownBy(() -> file.tryLock(Duration.ZERO))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void open_noDirectory_failsAndCanBeRepeated() throws Exception {
    Path inner = directory.resolve("inner/lock");
    assertThatThrownBy(() -> LockFile.open(inner)).isInstanceOf(StoreException.class);
    Files.createDirectory(inner.getParent());
    LockFile.open(inner).close();
  }

  @Test
  void isInPlace_fileReplaced_isFalse() throws Exception {
    try (LockFile file = LockFile.open(path())) {
      assertThat(file.isInPlace()).isTrue();
      Files.move(path(), directory.resolve("away"));
      assertThat(file.isInPlace()).isFalse();
      Files.createFile(path());
      await().until(() -> !file.isInPlace());
    }
  }

  @Test
  void open_isForTheOwnerOnly_alsoWhenAnEarlierVersionMadeIt() throws Exception {
    LockFile.open(path()).close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
        .isEqualTo("rw-------");
    Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-r--r--"));
    LockFile.open(path()).close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
        .isEqualTo("rw-------");
  }

  @Test
  void open_link_isRefused_andWhatItLeadsToStays() throws Exception {
    Path target = Files.writeString(directory.resolve("target"), "precious");
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-r--r--"));
    Files.createSymbolicLink(path(), target);
    assertThatThrownBy(() -> LockFile.open(path()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(path() + " is a symbolic link; remove it");
    assertThat(Files.readString(target)).isEqualTo("precious");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
        .isEqualTo("rw-r--r--");
  }
}
