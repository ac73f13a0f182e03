package io.datastored.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunDirectoryTest {

  private static final Incarnation ID = new Incarnation("0123456789abcdef");

  @TempDir Path directory;

  @Test
  void defaultFor_isOneDirectoryPerStateDirectory_andNotThePointer() {
    Path first = RunDirectory.defaultFor(Path.of("/var/lib/one"));
    assertThat(first).isEqualTo(RunDirectory.defaultFor(Path.of("/var/lib/one")));
    assertThat(first).isNotEqualTo(RunDirectory.defaultFor(Path.of("/var/lib/two")));
    assertThat(first).isNotEqualTo(Path.of("/var/lib/one/run"));
  }

  @Test
  void pointerText_read_isTheIdentity() throws Exception {
    RunDirectory run = new RunDirectory(Path.of("/dev/shm/a b"), ID);
    Path pointer = directory.resolve("run");
    Files.write(pointer, run.pointerText());
    assertThat(RunDirectory.read(pointer)).contains(run);
  }

  @Test
  void read_nothingOrSomethingElse_isEmpty() throws Exception {
    Path pointer = directory.resolve("run");
    assertThat(RunDirectory.read(pointer)).isEmpty();
    Files.writeString(pointer, "something else\n");
    assertThat(RunDirectory.read(pointer)).isEmpty();
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
}
