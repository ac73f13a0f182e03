package io.datastored.history.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.file.DirectoryWatch;
import io.datastored.mount.MountInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever happens to the way to a file is noticed, and later edits of what it leads to are too.
 */
final class FileWatchTest {

  /** Too long for a test: what is seen sooner was told by the system. */
  private static final Duration NEVER = Duration.ofDays(1);

  private static final Duration OFTEN = Duration.ofMillis(20);

  @TempDir Path temporary;
  private Path directory;
  private Path file;
  private Path mountList;
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicReference<FileWatch> running = new AtomicReference<>();

  @BeforeEach
  void setUp() throws IOException {
    directory = Files.createDirectory(temporary.toRealPath().resolve("etc"));
    file = directory.resolve("datastore.cfg");
    mountList = Files.createFile(temporary.resolve("mountinfo"));
  }

  @AfterEach
  void close() {
    Optional.ofNullable(running.get()).ifPresent(FileWatch::close);
  }

  private FileWatch watch(Duration period) {
    return watch(period, DirectoryWatch::open);
  }

  private FileWatch watch(Duration period, DirectoryWatch.Opener opener) {
    FileWatch watch =
        new FileWatch(
            file,
            period,
            opener,
            new MountInfo(mountList),
            calls::incrementAndGet,
            closed -> running.set(null));
    running.set(watch);
    watch.start(
        task -> {
          Thread thread = new Thread(task);
          thread.setDaemon(true);
          return thread;
        });
    return watch;
  }

  private void awaitCall() {
    await().until(() -> calls.get() > 0);
    await().during(Duration.ofMillis(100)).until(() -> calls.getAndSet(0), count -> count == 0);
  }

  private static Path config(Path in, String content) throws IOException {
    Files.createDirectories(in);
    return Files.writeString(in.resolve("datastore.cfg"), content);
  }

  /** As {@code ln -sfn} and the kubelet do. */
  private static void turn(Path link, Path to) throws IOException {
    Path next = link.resolveSibling(link.getFileName() + ".next");
    Files.createSymbolicLink(next, to);
    Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void turnedLink_ofTheFile_isTold() throws Exception {
    Path one = config(temporary.resolve("one"), "1");
    Path two = config(temporary.resolve("two"), "2");
    Files.createSymbolicLink(file, one);
    FileWatch watch = watch(NEVER);
    turn(file, two);
    awaitCall();
    Files.writeString(two, "2, edited");
    awaitCall();
    assertThat(watch.unwatched()).isEmpty();
  }

  @Test
  void turnedLink_ofADirectoryAbove_isTold() throws Exception {
    config(temporary.resolve("one/conf"), "1");
    Path two = config(temporary.resolve("two/conf"), "2");
    Path link = temporary.toRealPath().resolve("current");
    Files.createSymbolicLink(link, Path.of("one"));
    file = link.resolve("conf/datastore.cfg");
    watch(NEVER);
    turn(link, Path.of("two"));
    awaitCall();
    Files.writeString(two, "2, edited");
    awaitCall();
  }

  /** A ConfigMap: the name leads to a directory link that leads to a directory with a date. */
  @Test
  void turnedLink_inTheMiddle_isTold() throws Exception {
    config(directory.resolve("..2026_01"), "1");
    Files.createSymbolicLink(directory.resolve("..data"), Path.of("..2026_01"));
    Files.createSymbolicLink(file, Path.of("..data/datastore.cfg"));
    watch(NEVER);
    Path second = config(directory.resolve("..2026_02"), "2");
    turn(directory.resolve("..data"), Path.of("..2026_02"));
    awaitCall();
    Files.writeString(second, "2, edited");
    awaitCall();
  }

  /** A profile: link to link to link, in other directories each. */
  @Test
  void turnedLink_farDownAChain_isTold() throws Exception {
    Path store = temporary.toRealPath().resolve("store");
    Path one = config(store.resolve("a"), "1");
    Path two = config(store.resolve("b"), "2");
    Path profiles = Files.createDirectory(temporary.toRealPath().resolve("profiles"));
    Path generation = Files.createDirectory(profiles.resolve("generations")).resolve("cfg");
    Files.createSymbolicLink(generation, one);
    Files.createSymbolicLink(profiles.resolve("current"), Path.of("generations/cfg"));
    Files.createSymbolicLink(file, profiles.resolve("current"));
    watch(NEVER);
    turn(generation, two);
    awaitCall();
    Files.writeString(two, "2, edited");
    awaitCall();
  }

  @Test
  void danglingLink_isTold_andItsWayBackToo() throws Exception {
    Path one = config(temporary.resolve("one"), "1");
    Files.createSymbolicLink(file, one);
    watch(OFTEN);
    turn(file, temporary.resolve("nowhere/datastore.cfg"));
    awaitCall();
    config(temporary.resolve("nowhere"), "2");
    awaitCall();
  }

  @Test
  void linkInACircle_isTold_andItsEndToo() throws Exception {
    config(directory, "1");
    FileWatch watch = watch(OFTEN);
    turn(file, file);
    awaitCall();
    await().until(() -> watch.unwatched().isPresent());
    turn(file, config(temporary.resolve("two"), "2"));
    awaitCall();
    await().until(() -> watch.unwatched().isEmpty());
  }

  @Test
  void directoryMovedAwayAndMadeAgain_isWatchedAnew() throws Exception {
    config(directory, "1");
    FileWatch watch = watch(OFTEN);
    Files.move(directory, temporary.resolve("old"));
    awaitCall();
    config(directory, "2");
    awaitCall();
    await().until(() -> watch.unwatched().isEmpty());
    Files.writeString(file, "3");
    awaitCall();
    Files.writeString(temporary.resolve("old/datastore.cfg"), "nobody looks at this");
    await().during(Duration.ofMillis(200)).until(calls::get, count -> count == 0);
  }

  /** A new directory often has the number of the one that was removed. */
  @Test
  void directoryRemovedAndMadeAgain_isWatchedAnew() throws Exception {
    AtomicInteger opened = new AtomicInteger();
    config(directory, "1");
    watch(
        OFTEN,
        names -> {
          opened.incrementAndGet();
          return DirectoryWatch.open(names);
        });
    Files.delete(file);
    Files.delete(directory);
    Files.createDirectory(directory);
    await().until(() -> opened.get() > 1);
    awaitCall();
    config(directory, "2");
    awaitCall();
  }

  @Test
  void systemOutOfInstances_editsAreFoundByTheirTimes_andTheWatchComesBack() throws Exception {
    config(directory, "1");
    AtomicBoolean exhausted = new AtomicBoolean(true);
    FileWatch watch =
        watch(
            OFTEN,
            names -> {
              if (exhausted.get()) {
                throw new IOException(
                    "User limit of inotify instances reached or too many open files");
              }
              return DirectoryWatch.open(names);
            });
    assertThat(watch.unwatched().orElseThrow()).contains("fs.inotify.max_user_instances");
    Files.writeString(file, "2");
    awaitCall();
    assertThat(watch.unwatched()).isPresent();
    exhausted.set(false);
    await().until(() -> watch.unwatched().isEmpty());
    awaitCall();
  }

  @Test
  void fileThatIsAMountPoint_isSaid_andEditsInPlaceAreFound() throws Exception {
    config(directory, "1");
    Files.writeString(
        mountList,
        "36 35 98:0 / / rw - ext4 /dev/vda rw\n"
            + "37 36 98:0 /host/datastore.cfg "
            + file
            + " rw,noatime - ext4 /dev/vda rw\n");
    FileWatch watch = watch(OFTEN);
    assertThat(watch.unwatched().orElseThrow())
        .startsWith(file + " is a mount point")
        .contains("mount its directory instead");
    Files.writeString(file, "2");
    awaitCall();
  }

  @Test
  void other_namesInTheDirectory_areNotTold() throws Exception {
    config(directory, "1");
    watch(NEVER);
    Files.writeString(directory.resolve("storage.cfg"), "other");
    Files.createSymbolicLink(directory.resolve("link"), file);
    await().during(Duration.ofMillis(200)).until(calls::get, count -> count == 0);
    Files.write(file, "2".getBytes(UTF_8), StandardOpenOption.APPEND);
    awaitCall();
  }

  @Test
  void nothingNew_looksWithoutACall() throws Exception {
    config(directory, "1");
    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
    watch(Duration.ofMillis(1));
    await().during(Duration.ofMillis(200)).until(calls::get, count -> count == 0);
  }
}
