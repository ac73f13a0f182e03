package io.datastored.history.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.file.DiskSteps;
import io.datastored.file.LockFile;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class QuietStateDirectoryTest {

  @TempDir Path directory;

  private StoreFiles files;
  private FileStoreOptions options;

  @BeforeEach
  void setUp() {
    files = new StoreFiles(directory);
    options = files.options(Optional.of(directory.resolve("run")), DiskSteps.REAL);
  }

  private StateDirectory use() throws Exception {
    return StateDirectory.open(options, files.config());
  }

  private AcceptedState live() throws Exception {
    try (StateDirectory used = use()) {
      return used.initial();
    }
  }

  private QuietStateDirectory open() throws StoreException {
    return QuietStateDirectory.open(files.state(), options.places().machineId());
  }

  @Test
  void open_afterTheLastUser_hasItsState() throws Exception {
    AcceptedState state = live();
    try (QuietStateDirectory quiet = open()) {
      assertThat(quiet.state()).isEqualTo(state);
    }
    assertThat(live()).as("it was not changed").isEqualTo(state);
  }

  @Test
  void open_inUse_isRefused() throws Exception {
    try (StateDirectory used = use()) {
      assertThat(used.initial()).isNotNull();
      assertThatThrownBy(this::open)
          .hasMessageContaining("uses the state directory " + files.state())
          .hasMessageContaining("stop it first");
    }
  }

  /** As a process that starts does, whatever it is: it takes this lock before all else. */
  @Test
  void open_keepsOthersOut_untilItIsClosed() throws Exception {
    AcceptedState unused = live();
    Path lock = files.state().resolve("change.lock");
    try (QuietStateDirectory quiet = open()) {
      assertThat(quiet.state().datastores()).isEmpty();
      assertThatThrownBy(() -> LockFile.open(lock)).hasMessageContaining("already open");
      assertThatThrownBy(this::open).hasMessageContaining("stop it first");
    }
    try (LockFile again = LockFile.open(lock)) {
      assertThat(again.tryLock(Duration.ZERO)).isPresent();
    }
  }

  /** Two places would give out the same generations and tokens. */
  @Test
  void leave_toAnotherPlace_isRefused() throws Exception {
    AcceptedState unused = live();
    Path note = files.state().toRealPath().resolve("moved");
    try (QuietStateDirectory quiet = open()) {
      quiet.leave("etcd /datastored/main/");
    }
    try (QuietStateDirectory again = open()) {
      assertThatThrownBy(() -> again.leave("etcd /datastored/other/"))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("was moved to etcd /datastored/main/, and can be at one place only")
          .hasMessageContaining("remove " + note);
      again.stay();
    }
    assertThat(note).hasContent("etcd /datastored/main/");
  }

  @Test
  void leave_noProcessUsesTheDirectoryAnyMore() throws Exception {
    AcceptedState state = live();
    Path note = files.state().toRealPath().resolve("moved");
    try (QuietStateDirectory quiet = open()) {
      quiet.leave("etcd /datastored/main/");
    }
    assertThatThrownBy(this::use)
        .hasMessageContaining("was moved to etcd /datastored/main/.")
        .hasMessageContaining("remove " + note);
    try (QuietStateDirectory again = open()) {
      again.leave("etcd /datastored/main/");
      again.stay();
    }
    assertThat(note).as("of the first").hasContent("etcd /datastored/main/");
    Files.delete(note);
    try (QuietStateDirectory quiet = open()) {
      quiet.leave("etcd /datastored/other/");
      quiet.stay();
    }
    assertThat(live()).isEqualTo(state);
  }

  @Test
  void open_restored_isRefused() throws Exception {
    AcceptedState unused = live();
    Consent.toRestore(files.state(), DiskSteps.REAL);
    assertThatThrownBy(this::open)
        .hasMessageContaining("it was restored from a backup")
        .hasMessageContaining("Start the server on it once");
  }

  @Test
  void open_ofAnEarlierState_isRefused() throws Exception {
    AcceptedState unused = live();
    Path state = files.state().resolve("state");
    byte[] backup = Files.readAllBytes(state);
    try (StateDirectory used = use()) {
      try (StateStore.Prepared next = used.states().prepare(used.initial())) {
        next.commit();
      }
    }
    Files.write(state, backup);
    assertThatThrownBy(this::open)
        .hasMessageContaining("the state was restored from a backup or copied");
  }

  @Test
  void open_whereNoServerHasBeen_isRefused_andMakesNothing() throws Exception {
    assertThatThrownBy(this::open).hasMessage("there is no state of a server in " + files.state());
    AcceptedState unused = live();
    Files.delete(files.state().resolve("users.lock"));
    assertThatThrownBy(this::open).hasMessageContaining("no server has used it");
    assertThat(files.state().resolve("users.lock")).doesNotExist();
  }

  @Test
  void open_damaged_isRefused() throws Exception {
    AcceptedState unused = live();
    Files.writeString(files.state().resolve("state"), "garbage");
    assertThatThrownBy(this::open)
        .hasMessageContaining("state cannot be read: it is not a state file");
  }
}
