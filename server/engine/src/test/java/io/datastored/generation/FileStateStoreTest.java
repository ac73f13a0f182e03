package io.datastored.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.config.DiskSteps;
import io.datastored.config.LockFile;
import io.datastored.config.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileStateStoreTest {

  private static final AcceptedState STATE =
      AcceptedState.empty(new Incarnation("0123456789abcdef"), Optional.empty());

  @TempDir Path directory;

  private Path file;
  private LockFile lock;

  @BeforeEach
  void setUp() throws Exception {
    file = directory.resolve("state");
    lock = LockFile.open(directory.resolve("lock"));
  }

  @AfterEach
  void close() throws Exception {
    lock.close();
  }

  private FileStateStore store(InstantSource clock) {
    return new FileStateStore(file, DiskSteps.REAL, lock, clock);
  }

  private void commit(InstantSource clock) throws Exception {
    try (StateStore.Prepared prepared = store(clock).prepare(STATE)) {
      prepared.commit();
    }
  }

  @Test
  void load_own_isTheState() throws Exception {
    commit(InstantSource.system());
    assertThat(store(InstantSource.system()).load()).contains(STATE);
  }

  @Test
  void load_none_isEmpty() throws Exception {
    assertThat(store(InstantSource.system()).load()).isEmpty();
  }

  @Test
  void load_writtenOverInPlaceLater_isOfAnotherHistory() throws Exception {
    InstantSource anHourAgo = () -> Instant.now().minus(Duration.ofHours(1));
    commit(anHourAgo);
    // As `cp backup state` does: the same inode, the old text, changed now.
    Files.write(file, Files.readAllBytes(file), StandardOpenOption.TRUNCATE_EXISTING);
    assertThat(store(InstantSource.system()).load()).isEmpty();
  }

  @Test
  void commit_processStoodStillBeforeTheRename_isOwnAllTheSame() throws Exception {
    Iterator<Instant> stoodStill = List.of(Instant.now().minus(Duration.ofHours(1))).iterator();
    commit(() -> stoodStill.hasNext() ? stoodStill.next() : Instant.now());
    assertThat(store(InstantSource.system()).load()).contains(STATE);
  }

  @Test
  void lock_fileReplaced_isRefused() throws Exception {
    Files.move(directory.resolve("lock"), directory.resolve("old"));
    Files.createFile(directory.resolve("lock"));
    assertThatThrownBy(() -> store(InstantSource.system()).lock(Duration.ZERO))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("replaced");
  }

  @Test
  void load_copiedToAnotherFile_isOfAnotherHistory() throws Exception {
    commit(InstantSource.system());
    Path copy = Files.copy(file, directory.resolve("copy"));
    Files.createLink(directory.resolve("present"), file);
    Files.move(copy, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    assertThat(store(InstantSource.system()).load()).isEmpty();
  }

  @Test
  void start_afterAKillDuringACommit_removesWhatItLeft() throws Exception {
    commit(InstantSource.system());
    Path left = Files.writeString(directory.resolve(".state.4711-3.new~"), "half");
    Path other = Files.writeString(directory.resolve(".states.4711-3.new~"), "of somebody else");

    store(InstantSource.system()).loadOrSetAside(Instant.now());
    assertThat(left).as("may be in use").exists();
    store(() -> Instant.now().plus(Duration.ofHours(1))).loadOrSetAside(Instant.now());

    assertThat(left).doesNotExist();
    assertThat(other).exists();
    assertThat(file).exists();
  }
}
