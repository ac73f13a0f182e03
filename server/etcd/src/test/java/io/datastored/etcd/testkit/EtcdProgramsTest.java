package io.datastored.etcd.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EtcdProgramsTest {

  @Test
  void in_nothing_saysWhatToRun() {
    assertThatThrownBy(() -> EtcdPrograms.in(Optional.empty()))
        .hasMessage(
            "no etcd in etcd.programs, which is not set:"
                + " run .ci/etcd/build, and the tests with -Petcd");
  }

  @Test
  void in_anEmptyFolder_saysWhichOne(@TempDir Path folder) {
    assertThatThrownBy(() -> EtcdPrograms.in(Optional.of(folder.toString())))
        .hasMessageStartingWith("no etcd in " + folder + ": run .ci/etcd/build");
  }
}
