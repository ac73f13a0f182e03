package io.datastored.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.cli.view.CommandFailed;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReplicasDemoTest {

  @TempDir Path directory;

  @Test
  void withoutEtcd_saysHowToGetIt() {
    assertThatThrownBy(() -> DemoEtcd.program(directory + ":/nowhere"))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("no etcd on the PATH")
        .hasMessageContaining("apt install etcd-server");
  }

  @Test
  @Tag("etcd")
  void demo_killsAServer_andTheLeaseAndTheDrainGoOn() throws Exception {
    StringWriter shown = new StringWriter();
    DemoCommand.playReplicas(
        DemoEtcd.program(System.getProperty("etcd.programs")),
        directory,
        new PrintWriter(shown, true));
    assertThat(shown.toString())
        .contains("$ datastored cluster init --new-history --from=")
        .contains("$ datastored serve --etcd-endpoints=")
        .contains("its lease is valid, with the same fencing token")
        .contains("write lease of nightly backup")
        .contains("write lease of nightly backup")
        .contains("is silent")
        .containsPattern("DRAINED \\d+ ms after the release")
        .contains("all three serve main again");
  }
}
