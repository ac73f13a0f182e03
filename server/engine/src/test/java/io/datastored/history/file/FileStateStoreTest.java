package io.datastored.history.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.file.BreakableDisk;
import io.datastored.file.DiskSteps;
import io.datastored.file.LockFile;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.Incarnation;
import io.datastored.history.Machine;
import io.datastored.history.StateText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileStateStoreTest {

  private static final AcceptedState STATE =
      AcceptedState.empty(new Incarnation("0123456789abcdef"), Optional.empty());

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @TempDir Path directory;

  private final Random random = new Random(1);
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
    return new FileStateStore(
        file, DiskSteps.REAL, lock, new Machine(Optional.empty()), random, clock);
  }

  private void commit(InstantSource clock) throws Exception {
    commit(store(clock), STATE);
  }

  private static void commit(StateStore store, AcceptedState state) throws Exception {
    try (StateStore.Prepared prepared = store.prepare(state)) {
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
  void load_anOlderOnePutInPlaceOfTheOneInUse_isNotBelieved() throws Exception {
    FileStateStore store = store(InstantSource.system());
    commit(store, STATE);
    Path backup = Files.copy(file, directory.resolve("backup"));
    commit(store, STATE);
    Files.move(backup, file, StandardCopyOption.ATOMIC_MOVE);
    assertThat(store.load()).isEmpty();
    assertThat(store.refresh()).isEmpty();
    commit(store, STATE);
    assertThat(store.load()).contains(STATE);
  }

  @Test
  void load_ownOneCopiedAndMovedAndItsRightsChanged_isTheState() throws Exception {
    FileStateStore store = store(InstantSource.system());
    commit(store, STATE);
    Path copy = Files.copy(file, directory.resolve("copy"));
    Files.createLink(directory.resolve("present"), file);
    Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThat(store.load()).contains(STATE);
    assertThat(store(InstantSource.system()).load()).contains(STATE);
  }

  @Test
  void commit_thatFailed_isNotToldToTheClaim() throws Exception {
    Path config = Files.writeString(directory.resolve("datastore.cfg"), "");
    BreakableDisk disk = new BreakableDisk();
    FileStateStore store =
        new FileStateStore(
            file, disk, lock, new Machine(Optional.empty()), random, InstantSource.system());
    try (Claim claim =
        Claim.open(config, Optional.empty(), Incarnation.random(random), directory, PATIENCE)) {
      store.tell(claim);
      commit(store, STATE);
      disk.failAt(BreakableDisk.Step.RENAME, "Input/output error");
      assertThatThrownBy(() -> commit(store, STATE)).isInstanceOf(StoreException.class);
      StateText.Kept kept = StateText.read(Files.readAllBytes(file));
      assertThat(claim.objection(kept.state(), kept.mark())).isEmpty();
      disk.failAt(BreakableDisk.Step.CREATE, "");
      assertThatThrownBy(() -> commit(store, STATE)).isInstanceOf(StoreException.class);
      assertThat(claim.objection(kept.state(), kept.mark())).isEmpty();
    }
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
  void loadOrSetAside_ofALaterVersion_isRefusedAndLeftAlone() throws Exception {
    Files.writeString(file, "datastored-state 3\nsomething else\n");
    assertThatThrownBy(() -> store(InstantSource.system()).loadOrSetAside(Instant.now()))
        .isInstanceOf(StateDirectoryException.class)
        .hasMessageContaining("later version")
        .hasMessageContaining("start that version");
    assertThat(file).hasContent("datastored-state 3\nsomething else\n");
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
