package io.datastored.history.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.file.DiskSteps;
import io.datastored.file.RuntimeDirectories;
import io.datastored.history.Incarnation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RunDirectoryTest {

  private static final Incarnation ID = new Incarnation("0123456789abcdef");

  @TempDir Path directory;

  @Test
  void pointerText_read_isTheIdentity() throws Exception {
    RunDirectory run = new RunDirectory(Path.of("/dev/shm/a b"), ID);
    Path pointer = directory.resolve("run");
    Files.write(pointer, run.pointerText());
    assertThat(RunDirectory.read(pointer)).contains(run);
  }

  @Test
  void read_nothing_isEmpty() throws Exception {
    assertThat(RunDirectory.read(directory.resolve("run"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "something else\n", "run xyz\npath /tmp\n", "run 0123456789abcdef\npath \0\n"})
  void read_damaged_saysSoInASentence(String text) throws Exception {
    Path pointer = directory.resolve("run");
    Files.writeString(pointer, text);
    assertThatThrownBy(() -> RunDirectory.read(pointer))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(pointer + " is damaged");
  }

  @Test
  void leave_asTheLastUser_takesTheDirectoryThatNobodyChose() throws Exception {
    Path state = directory.resolve("state");
    Path chosen = directory.resolve("chosen");
    Files.createFile(directory.resolve("datastore.cfg"));
    open(Optional.of(chosen)).close();
    assertThat(chosen).isEmptyDirectory();
    StateDirectory first = open(Optional.empty());
    Path found = RunDirectory.defaultFor(state.toRealPath());
    assertThat(found.resolve("page")).exists();
    first.close();
    assertThat(found).doesNotExist();
  }

  private StateDirectory open(Optional<Path> run) throws StateDirectoryException {
    StoreFiles files = new StoreFiles(directory);
    return StateDirectory.open(files.options(run, DiskSteps.REAL), files.config());
  }

  @Test
  void make_isForItsOwnerOnly() throws Exception {
    Path made = directory.resolve("deep").resolve("run.d");
    RunDirectory.make(made);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
        .isEqualTo("rwx------");
    RunDirectory.make(made);
    assertThat(made).isEmptyDirectory();
  }

  @Test
  void make_link_isRefused() throws Exception {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), elsewhere);
    assertThatThrownBy(() -> RunDirectory.make(link))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(link + " is a symbolic link");
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void make_writableForOthers_isRefused() throws Exception {
    Path open = Files.createDirectory(directory.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxr-x"));
    assertThatThrownBy(() -> RunDirectory.make(open))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("chmod 0700 " + open);
  }

  @Test
  void leave_throughALink_removesNothing() throws Exception {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Path precious = Files.writeString(elsewhere.resolve("page"), "precious");
    Path link = Files.createSymbolicLink(directory.resolve("link"), elsewhere);
    assertThatThrownBy(() -> new RunDirectory(link, ID).leave(directory.resolve("state")))
        .isInstanceOf(IOException.class);
    assertThat(precious).exists();
  }

  @Test
  void open_afterAnEarlierVersion_takesItsRunDirectoryAway() throws Exception {
    Path state = Files.createDirectory(directory.resolve("state")).toRealPath();
    Files.createFile(directory.resolve("datastore.cfg"));
    RunPlaces before =
        new RunPlaces(new RuntimeDirectories(Map.of(), directory.resolve("none")), directory);
    Path earlier = before.choose(state);
    RunDirectory.make(earlier);
    Path unused = Files.writeString(earlier.resolve("page"), "of before");
    Files.write(state.resolve("run"), new RunDirectory(earlier, ID).pointerText());
    open(Optional.of(directory.resolve("chosen"))).close();
    assertThat(earlier).doesNotExist();
  }
}
