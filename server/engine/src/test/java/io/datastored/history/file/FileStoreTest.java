package io.datastored.history.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.file.BreakableDisk;
import io.datastored.file.BreakableDisk.Step;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedText;
import io.datastored.history.ConfigContent;
import io.datastored.history.Store;
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
  private final List<String> steps = new CopyOnWriteArrayList<>();
  private volatile String failing = "";
  private FileStore store;

  @BeforeEach
  void open() throws Exception {
    StoreFiles files = new StoreFiles(directory);
    Files.writeString(files.config(), BEFORE);
    BreakableDisk disk = new BreakableDisk().fail(this::record);
    store = FileStore.open(files.options(Optional.of(directory.resolve("run")), disk));
    steps.clear();
  }

  @AfterEach
  void close() {
    store.close();
  }

  /** Tells what is done to which of the two files. */
  private void record(Step step, Path file) throws IOException {
    String kind = file.getFileName().toString().contains("datastore.cfg") ? "config" : "state";
    switch (step) {
      case CREATE -> record("prepare " + kind, "No space left on device");
      case RENAME -> record("commit " + kind, "Input/output error");
      case DELETE -> record("delete " + kind, "");
      default -> {}
    }
  }

  private void record(String done, String error) throws IOException {
    steps.add(done);
    if (done.equals(failing)) {
      throw new IOException(error);
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
      steps.add("publish");
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
    assertThat(steps).startsWith("prepare state", "prepare config").endsWith(COMMIT);
    assertThat(steps).hasSize(2 + COMMIT.length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"state", "config"})
  void commit_diskFull_changesNothing_andLeavesNothingBehind(String full) throws Exception {
    failing = "prepare " + full;
    List<String> before = names();
    assertThatThrownBy(() -> save(CONFIG))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("no space is left");
    assertThat(steps).doesNotContain("commit config", "commit state");
    assertThat(names()).isEqualTo(before);
    assertThat(directory.resolve("datastore.cfg")).hasContent(BEFORE);
  }

  @Test
  void commit_failsAfterTheConfiguration_isOfUnknownOutcome_andAnEdit() throws Exception {
    failing = "commit state";
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
    assertThat(save(CONFIG, () -> steps.containsAll(List.of("prepare config", "prepare state"))))
        .isEqualTo(Store.Outcome.WITHDRAWN);
    assertThat(steps).doesNotContain("commit config", "commit state");
    assertThat(names()).isEqualTo(before);
  }

  @Test
  void commit_withdrawnWhenTheConfigurationIsRenamed_isCommitted() throws Exception {
    assertThat(save(CONFIG, () -> steps.contains("commit config")))
        .isEqualTo(Store.Outcome.COMMITTED);
    assertThat(steps).endsWith(COMMIT);
  }
}
