package io.datastored.history.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.file.DiskSteps;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedText;
import io.datastored.history.ConfigContent;
import io.datastored.history.Store;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In which order a change reaches the disk, and what is left of one that does not. */
final class FileStoreTest {

  private static final String BEFORE = "datastore: main\n\tpath /srv/main\n";
  private static final String CONFIG = "datastore: main\n\tcomment first\n\tpath /srv/main\n";

  @TempDir Path directory;
  private final RecordingDisk disk = new RecordingDisk();
  private FileStore store;

  @BeforeEach
  void open() throws Exception {
    StoreFiles files = new StoreFiles(directory);
    Files.writeString(files.config(), BEFORE);
    store = FileStore.open(files.options(Optional.of(directory.resolve("run")), disk));
    disk.steps.clear();
  }

  @AfterEach
  void close() {
    store.close();
  }

  /** Tells what is done to which of the two files. Thread-safe. */
  private static final class RecordingDisk implements DiskSteps {

    private final List<String> steps = new CopyOnWriteArrayList<>();
    private volatile String full = "";

    private static String kind(Path file) {
      return file.getFileName().toString().contains("datastore.cfg") ? "config" : "state";
    }

    @Override
    public FileOutputStream create(Path file) throws IOException {
      steps.add("prepare " + kind(file));
      if (full.equals(kind(file))) {
        throw new IOException("No space left on device");
      }
      return REAL.create(file);
    }

    @Override
    public void write(FileOutputStream file, byte[] content) throws IOException {
      REAL.write(file, content);
    }

    @Override
    public void sync(FileOutputStream file) throws IOException {
      REAL.sync(file);
    }

    @Override
    public void link(Path existing, Path link) throws IOException {
      REAL.link(existing, link);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
      steps.add("commit " + kind(to));
      if (full.equals("commit " + kind(to))) {
        throw new IOException("Input/output error");
      }
      REAL.rename(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
      steps.add("delete " + kind(file));
      REAL.delete(file);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
      REAL.syncDirectory(directory);
    }
  }

  private Store.Outcome save(String config, BooleanSupplier withdrawn) throws StoreException {
    ConfigContent content = ConfigContent.of(config.getBytes(UTF_8));
    try (Store.Held held = store.hold(Duration.ofSeconds(10))) {
      Store.Seen seen = store.look(store.initial(), Store.Look.INSIDE);
      Store.Outcome outcome =
          store.commit(
              seen,
              new Store.Draft(
                  seen.state().of(AcceptedText.of(content.digest(), content.bytes())),
                  Optional.of(content),
                  withdrawn));
      disk.steps.add("publish");
      return outcome;
    }
  }

  private Store.Outcome save(String config) throws StoreException {
    return save(config, () -> false);
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(directory)) {
      return files
          .map(path -> path.getFileName().toString())
          .filter(Predicate.not("run"::equals))
          .sorted()
          .toList();
    }
  }

  /** What follows when both are prepared: what was replaced is dropped when watchers know. */
  private static final String[] COMMIT = {
    "commit config", "commit state", "publish", "delete config"
  };

  @Test
  void commit_preparesBothBeforeItRenamesEither_configurationFirst_settlesWhenWatchersKnow()
      throws Exception {
    assertThat(save(CONFIG)).isEqualTo(Store.Outcome.COMMITTED);
    assertThat(disk.steps).startsWith("prepare state", "prepare config").endsWith(COMMIT);
    assertThat(disk.steps).hasSize(2 + COMMIT.length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"state", "config"})
  void commit_diskFull_changesNothing_andLeavesNothingBehind(String full) throws Exception {
    disk.full = full;
    List<String> before = names();
    assertThatThrownBy(() -> save(CONFIG))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("no space is left");
    assertThat(disk.steps).doesNotContain("commit config", "commit state");
    assertThat(names()).isEqualTo(before);
    assertThat(directory.resolve("datastore.cfg")).hasContent(BEFORE);
  }

  @Test
  void commit_failsAfterTheConfiguration_isOfUnknownOutcome_andAnEdit() throws Exception {
    disk.full = "commit state";
    assertThatThrownBy(() -> save(CONFIG))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.OUTCOME_UNKNOWN))
        .hasMessageContaining("was replaced");
    assertThat(directory.resolve("datastore.cfg")).hasContent(CONFIG);
    assertThat(store.look(store.initial(), Store.Look.AT_STAMPS).fits()).isFalse();
  }

  @Test
  void commit_withdrawnWhilePrepared_changesNothing() throws Exception {
    List<String> before = names();
    assertThat(
            save(CONFIG, () -> disk.steps.containsAll(List.of("prepare config", "prepare state"))))
        .isEqualTo(Store.Outcome.WITHDRAWN);
    assertThat(disk.steps).doesNotContain("commit config", "commit state");
    assertThat(names()).isEqualTo(before);
  }

  @Test
  void commit_withdrawnWhenTheConfigurationIsRenamed_isCommitted() throws Exception {
    assertThat(save(CONFIG, () -> disk.steps.contains("commit config")))
        .isEqualTo(Store.Outcome.COMMITTED);
    assertThat(disk.steps).endsWith(COMMIT);
  }
}
