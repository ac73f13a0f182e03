package io.datastored.history.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.datastored.file.BreakableDisk;
import io.datastored.file.BreakableDisk.Step;
import io.datastored.file.Digest;
import io.datastored.file.DiskSteps;
import io.datastored.file.FileIdentity;
import io.datastored.file.FileStamp;
import io.datastored.file.StoreException;
import io.datastored.history.ConfigContent;
import io.datastored.history.Store;
import io.datastored.history.Store.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FileConfigStoreTest {

  private static final FileStoreOptions.Outside SYSTEM = FileStoreOptions.Outside.system();

  @TempDir Path directory;
  private Path file;
  private FileConfigStore store;

  @BeforeEach
  void open() throws StoreException {
    file = directory.resolve("datastore.cfg");
    store = open(file);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void edit(String content) throws IOException {
    Files.writeString(file, content);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static Outcome save(FileConfigStore store, String expected, String next)
      throws StoreException {
    try (FileSave save = store.prepare(Digest.of(bytes(expected)), ConfigContent.of(bytes(next)))) {
      return save.commit();
    }
  }

  private static FileConfigStore open(Path file) throws StoreException {
    return open(file, SYSTEM.disk(), SYSTEM.clock());
  }

  private static FileConfigStore open(Path file, DiskSteps disk, Clock clock)
      throws StoreException {
    return FileConfigStore.open(
        file,
        FileStoreOptions.Access.OF_OWN_FILES,
        new FileStoreOptions.Outside(disk, SYSTEM.random(), clock, SYSTEM.ticker()));
  }

  private FileConfigStore with(DiskSteps disk) throws StoreException {
    return open(file, disk, SYSTEM.clock());
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(directory)) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void load_tellsTheFile() throws Exception {
    edit("one");

    FileStamp stamp = store.load().stamp().orElseThrow();

    assertThat(stamp.identity()).isEqualTo(FileIdentity.of(file));
    assertThat(stamp.lastModified()).isEqualTo(Files.getLastModifiedTime(file).toInstant());
    save(store, "one", "two");
    assertThat(store.load().stamp().orElseThrow().identity()).isNotEqualTo(stamp.identity());
  }

  @Test
  void commit_newFile_getsMode0640() throws Exception {
    save(store, "", "one");

    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
  }

  @Test
  void commit_keepsTheMode_andLeavesNothingElse() throws Exception {
    edit("one");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));

    save(store, "one", "two");

    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-rw-r--"));
    assertThat(names()).containsExactly("datastore.cfg");
  }

  @Test
  void commit_asRoot_keepsOwnerAndGroup() throws Exception {
    edit("one");
    try {
      Files.setAttribute(file, "unix:uid", 34);
      Files.setAttribute(file, "unix:gid", 34);
    } catch (IOException e) {
      assumeTrue(false, "not root");
    }
    FileConfigStore ours = FileConfigStore.open(file, FileStoreOptions.Access.READ_WRITE, SYSTEM);

    save(ours, "one", "two");

    assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(34);
    assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(34);
    assertThat(store.readOnlyReason())
        .hasValueSatisfying(why -> assertThat(why).contains("belongs to"));
    assertThatThrownBy(() -> save(store, "two", "three"))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.READ_ONLY));
  }

  @Test
  void readOnly_byOption_refusesSaves() throws Exception {
    edit("one");
    FileConfigStore readOnly =
        FileConfigStore.open(file, FileStoreOptions.Access.READ_ONLY, SYSTEM);

    assertThat(readOnly.load().exists()).isTrue();
    assertThatThrownBy(() -> save(readOnly, "one", "two")).isInstanceOf(StoreException.class);
    assertThat(Files.readString(file)).isEqualTo("one");
  }

  @Test
  void commit_symbolicLink_replacesItsTarget() throws Exception {
    Path real = Files.createDirectory(directory.resolve("real")).resolve("the.cfg");
    Files.writeString(real, "one");
    Files.createSymbolicLink(file, Path.of("real/the.cfg"));

    assertThat(save(store, "one", "two")).isEqualTo(Outcome.COMMITTED);

    assertThat(file).isSymbolicLink();
    assertThat(real).hasContent("two");
    try (var files = Files.list(real.getParent())) {
      assertThat(files).containsExactly(real);
    }
  }

  @Test
  void commit_linkToNothing_makesItsTarget() throws Exception {
    Files.createSymbolicLink(file, Path.of("later.cfg"));

    save(store, "", "one");

    assertThat(file).isSymbolicLink();
    assertThat(directory.resolve("later.cfg")).hasContent("one");
  }

  @Test
  void commit_linksOfDirectoryAndFile_allStay() throws Exception {
    Path real = Files.createDirectories(directory.resolve("v1/conf")).resolve("the.cfg");
    Files.writeString(real, "one");
    Files.createSymbolicLink(directory.resolve("v1/conf/datastore.cfg"), Path.of("the.cfg"));
    Files.createSymbolicLink(directory.resolve("current"), Path.of("v1"));
    FileConfigStore ours = open(directory.resolve("current/conf/datastore.cfg"));

    assertThat(save(ours, "one", "two")).isEqualTo(Outcome.COMMITTED);

    assertThat(directory.resolve("current")).isSymbolicLink();
    assertThat(directory.resolve("v1/conf/datastore.cfg")).isSymbolicLink();
    assertThat(real).hasContent("two");
  }

  /** With the same content on both sides: what was seen is there, but not where it is saved. */
  @Test
  void commit_linkTurnedAfterPrepare_changesNothing() throws Exception {
    Path first = Files.writeString(directory.resolve("first"), "one");
    Path second = Files.writeString(directory.resolve("second"), "one");
    Files.createSymbolicLink(file, first);
    try (FileSave save = store.prepare(Digest.of(bytes("one")), ConfigContent.of(bytes("two")))) {
      Files.delete(file);
      Files.createSymbolicLink(file, second);

      assertThat(save.commit()).isEqualTo(Outcome.OVERTAKEN);
    }
    assertThat(first).hasContent("one");
    assertThat(second).hasContent("one");
    assertThat(names()).containsExactly("datastore.cfg", "first", "second");
  }

  @Test
  void commit_directoryLinkTurnedInTheVeryMoment_changesNothing() throws Exception {
    for (String version : List.of("v1", "v2")) {
      Files.createDirectory(directory.resolve(version));
      Files.writeString(directory.resolve(version + "/datastore.cfg"), "one");
    }
    Path link = directory.resolve("current");
    Files.createSymbolicLink(link, Path.of("v1"));
    BreakableDisk disk =
        new BreakableDisk()
            .before(
                step -> {
                  if (step == Step.LINK) {
                    try {
                      Files.delete(link);
                      Files.createSymbolicLink(link, Path.of("v2"));
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  }
                });
    FileConfigStore ours = open(link.resolve("datastore.cfg"), disk, SYSTEM.clock());

    assertThat(save(ours, "one", "two")).isEqualTo(Outcome.OVERTAKEN);

    assertThat(directory.resolve("v1/datastore.cfg")).hasContent("one");
    assertThat(directory.resolve("v2/datastore.cfg")).hasContent("one");
  }

  @Test
  void load_danglingLink_isMissing() throws Exception {
    Files.createSymbolicLink(file, Path.of("nowhere/at/all.cfg"));

    assertThat(store.load().exists()).isFalse();
    assertThat(store.refresh().exists()).isFalse();
  }

  @Test
  void load_turnedLink_isTheOtherContent() throws Exception {
    Files.createSymbolicLink(file, Files.writeString(directory.resolve("first"), "one"));
    assertThat(store.load().digest()).isEqualTo(Digest.of(bytes("one")));
    Files.delete(file);
    Files.createSymbolicLink(file, Files.writeString(directory.resolve("second"), "two"));

    assertThat(store.refresh().digest()).isEqualTo(Digest.of(bytes("two")));
  }

  @ParameterizedTest
  @CsvSource({
    "CREATE, No space left on device, DISK_FULL",
    "WRITE, No space left on device, DISK_FULL",
    "WRITE, Disk quota exceeded, DISK_FULL",
    "SYNC, Input/output error, OTHER",
    "CREATE, Read-only file system, READ_ONLY",
    "CREATE, Permission denied, PERMISSION"
  })
  void prepare_stepFails_leavesEverythingAsItWas(
      Step step, String text, StoreException.Reason reason) throws Exception {
    edit("one");

    assertThatThrownBy(() -> save(with(new BreakableDisk().failAt(step, text)), "one", "two"))
        .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageStartingWith("cannot save " + file + ": ");

    assertThat(file).hasContent("one");
    assertThat(names()).containsExactly("datastore.cfg");
  }

  @Test
  void commit_renameFails_leavesEverythingAsItWas() throws Exception {
    edit("one");
    BreakableDisk disk = new BreakableDisk().failAt(Step.RENAME, "Input/output error");

    assertThatThrownBy(() -> save(with(disk), "one", "two")).isInstanceOf(StoreException.class);

    assertThat(file).hasContent("one");
    assertThat(names()).containsExactly("datastore.cfg");
  }

  @Test
  void commit_noHardLinks_savesAllTheSame() throws Exception {
    edit("one");
    BreakableDisk disk =
        new BreakableDisk()
            .before(
                step -> {
                  if (step == Step.LINK) {
                    throw new UnsupportedOperationException();
                  }
                });

    assertThat(save(with(disk), "one", "two")).isEqualTo(Outcome.COMMITTED);
    assertThat(file).hasContent("two");
  }

  @Test
  void open_noDirectory_saysSo() {
    assertThatThrownBy(() -> open(directory.resolve("no/datastore.cfg")))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.VANISHED));
  }

  @Test
  void prepare_directoryVanished_saysSo() throws Exception {
    Path inner = Files.createDirectory(directory.resolve("inner"));
    FileConfigStore ours = open(inner.resolve("datastore.cfg"));
    Files.delete(inner);

    assertThatThrownBy(() -> save(ours, "", "one")).isInstanceOf(StoreException.class);
    assertThat(ours.load().exists()).isFalse();
  }

  @Test
  void load_directoryInItsPlace_fails() throws Exception {
    Files.createDirectory(file);

    assertThatThrownBy(store::load).isInstanceOf(StoreException.class);
  }

  /** Reading it would wait for somebody who writes into it, and nobody may ever do. */
  @Test
  @Timeout(30)
  void load_pipeInItsPlace_fails() throws Exception {
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();

    assertThatThrownBy(store::load)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(file + ": it is not a regular file");
  }

  @Test
  void commit_editInPlaceInTheVeryMoment_isKeptAside() throws Exception {
    edit("one");
    BreakableDisk disk =
        new BreakableDisk()
            .before(
                step -> {
                  // The content has been compared; the next step covers the name.
                  if (step == Step.RENAME && reads(file).equals("one")) {
                    writes(file, "edited by hand");
                  }
                });

    Path kept =
        directory.resolve(
            "datastore.cfg." + Digest.of(bytes("edited by hand")).abbreviated() + ".saved");
    try (FileSave save =
        with(disk).prepare(Digest.of(bytes("one")), ConfigContent.of(bytes("two")))) {
      assertThat(save.commit()).isEqualTo(Outcome.COMMITTED);
      assertThat(kept).as("looked at again by the close").doesNotExist();
    }
    assertThat(file).hasContent("two");
    assertThat(kept).hasContent("edited by hand");
    assertThat(names()).hasSize(2);
  }

  private static String reads(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void writes(Path path, String text) {
    try {
      Files.writeString(path, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void commit_renamedOverBeforeTheLastLook_isSeen() throws Exception {
    edit("one");
    BreakableDisk disk =
        new BreakableDisk()
            .before(
                step -> {
                  if (step == Step.LINK) {
                    writes(directory.resolve("editor"), "edited by hand");
                    try {
                      Files.move(directory.resolve("editor"), file, StandardCopyOption.ATOMIC_MOVE);
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  }
                });

    assertThat(save(with(disk), "one", "two")).isEqualTo(Outcome.OVERTAKEN);
    assertThat(file).hasContent("edited by hand");
    assertThat(names()).containsExactly("datastore.cfg");
  }

  @Test
  void killedAtAnyStep_oldOrNewContentIsThere_andTheNextOpenCleansUp() throws Exception {
    edit("one");
    BreakableDisk whole = new BreakableDisk();
    save(with(whole), "one", "two");
    int steps = whole.steps().size();
    assertThat(steps).isGreaterThanOrEqualTo(6);

    for (int step = 0; step < steps; step++) {
      edit("one");
      BreakableDisk disk = new BreakableDisk().killAt(step);
      assertThatThrownBy(() -> save(with(disk), "one", "two"))
          .isInstanceOf(BreakableDisk.Killed.class);

      assertThat(Files.readString(file)).isIn("one", "two");
      openLater();
      assertThat(names())
          .as("killed at " + whole.steps().get(step))
          .containsExactly("datastore.cfg");
    }
  }

  @Test
  void killedAfterAnEditInTheVeryMoment_theNextOpenKeepsTheEdit() throws Exception {
    edit("one");
    BreakableDisk disk = new BreakableDisk();
    disk.before(
        step -> {
          if (step == Step.RENAME) {
            writes(file, "edited by hand");
            disk.killAt(disk.steps().size());
          }
        });
    assertThatThrownBy(() -> save(with(disk), "one", "two"))
        .isInstanceOf(BreakableDisk.Killed.class);
    assertThat(file).hasContent("two");

    openLater();

    assertThat(names())
        .containsExactly(
            "datastore.cfg",
            "datastore.cfg." + Digest.of(bytes("edited by hand")).abbreviated() + ".saved");
  }

  private void openLater() throws StoreException {
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(2));
    open(file, SYSTEM.disk(), later).close();
  }

  @Test
  void open_youngOrUsedHiddenFiles_areLeftAlone() throws Exception {
    edit("one");
    Path foreign = Files.createFile(directory.resolve(".datastore.cfg.x.swp"));
    try (FileSave save = store.prepare(Digest.of(bytes("one")), ConfigContent.of(bytes("two")))) {
      openLater();
      assertThat(save.commit()).isEqualTo(Outcome.COMMITTED);
    }
    Path young = Files.createFile(directory.resolve(".datastore.cfg.1-1.new~"));
    open(file).close();
    assertThat(young).exists();

    openLater();
    assertThat(young).doesNotExist();
    assertThat(foreign).exists();
  }

  @Test
  void watch_everyWayToWrite_callsBack() throws Exception {
    edit("one");
    AtomicInteger calls = new AtomicInteger();
    try (Store.Watch watch = store.watch(calls::incrementAndGet)) {
      Files.writeString(file, " appended", StandardOpenOption.APPEND);
      awaitCall(calls);
      Files.writeString(file, "truncated and written");
      awaitCall(calls);
      Path editor = Files.writeString(directory.resolve("editor"), "renamed");
      assertNoCall(calls);
      Files.move(editor, file, StandardCopyOption.ATOMIC_MOVE);
      awaitCall(calls);
    }
  }

  private static void awaitCall(AtomicInteger calls) {
    await().until(() -> calls.get() > 0);
    await().during(Duration.ofMillis(100)).until(() -> calls.getAndSet(0), count -> count == 0);
  }

  private static void assertNoCall(AtomicInteger calls) {
    await().during(Duration.ofMillis(100)).until(calls::get, count -> count == 0);
  }
}
