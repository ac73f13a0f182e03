package io.datastored.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.file.BreakableDisk.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class AtomicFileTest {

  @TempDir Path directory;

  private Path path() {
    return directory.resolve("state");
  }

  @Test
  void replace_stepsComeInTheOrderThatSurvivesACrash() throws Exception {
    BreakableDisk disk = new BreakableDisk();

    new AtomicFile(path(), disk).replace("one".getBytes(UTF_8));

    assertThat(disk.steps())
        .containsExactly(Step.CREATE, Step.WRITE, Step.SYNC, Step.RENAME, Step.SYNC_DIRECTORY);
    assertThat(path()).hasContent("one");
  }

  @Test
  void killedAtAnyStep_oldOrNewContentIsThere() throws Exception {
    for (int step = 0; step < 5; step++) {
      Files.writeString(path(), "one");
      AtomicFile file = new AtomicFile(path(), new BreakableDisk().killAt(step));

      assertThatThrownBy(() -> file.replace("two".getBytes(UTF_8)))
          .isInstanceOf(BreakableDisk.Killed.class);

      assertThat(path()).hasContent(step < 4 ? "one" : "two");
    }
  }

  @Test
  void forOwnerOnly_newFile_andOneThatOthersCouldRead_areForTheOwnerOnly() throws Exception {
    AtomicFile.forOwnerOnly(path(), DiskSteps.REAL).replace("one".getBytes(UTF_8));
    assertThat(permissions()).isEqualTo("rw-------");

    Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-r-----"));
    AtomicFile.forOwnerOnly(path(), DiskSteps.REAL).replace("two".getBytes(UTF_8));
    assertThat(permissions()).isEqualTo("rw-------");
  }

  @Test
  void newFile_isForItsGroupToo_andAnotherOneKeepsItsMode() throws Exception {
    new AtomicFile(path(), DiskSteps.REAL).replace("one".getBytes(UTF_8));
    assertThat(permissions()).isEqualTo("rw-r-----");

    Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-rw-r--"));
    new AtomicFile(path(), DiskSteps.REAL).replace("two".getBytes(UTF_8));
    assertThat(permissions()).isEqualTo("rw-rw-r--");
  }

  private String permissions() throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path()));
  }

  @Test
  void close_withoutCommit_leavesNothing() throws Exception {
    AtomicFile file = new AtomicFile(path(), DiskSteps.REAL);
    AtomicFile.Replacement replacement = file.prepare("one".getBytes(UTF_8));
    assertThat(path()).doesNotExist();

    replacement.close();
    replacement.close();

    assertThat(directory).isEmptyDirectory();
    assertThatThrownBy(replacement::commit).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void replace_interruptedThread_savesAndStaysInterrupted() throws Exception {
    Thread.currentThread().interrupt();
    try {
      new AtomicFile(path(), DiskSteps.REAL).replace("one".getBytes(UTF_8));
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
    assertThat(path()).hasContent("one");
  }

  /** Each step of a replacement fails in turn; what is told of the file is what is in it. */
  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"CREATE", "WRITE", "SYNC", "RENAME", "SYNC_DIRECTORY"})
  void replace_stepFails_whatIsToldIsTrue(Step step) throws Exception {
    new AtomicFile(path(), DiskSteps.REAL).replace("one".getBytes(UTF_8));
    AtomicFile file =
        new AtomicFile(path(), new BreakableDisk().failAt(step, "Input/output error"));
    boolean unknown = step == Step.SYNC_DIRECTORY;
    assertThatThrownBy(() -> file.replace("two".getBytes(UTF_8)))
        .isInstanceOfSatisfying(
            StoreException.class,
            e ->
                assertThat(e.reason())
                    .isEqualTo(
                        unknown
                            ? StoreException.Reason.OUTCOME_UNKNOWN
                            : StoreException.Reason.OTHER))
        .hasMessageContaining(path().toString())
        .hasMessageContaining("Input/output error");
    assertThat(path()).hasContent(unknown ? "two" : "one");
  }
}
