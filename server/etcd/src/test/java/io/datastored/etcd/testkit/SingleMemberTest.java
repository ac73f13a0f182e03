package io.datastored.etcd.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What needs no second member, and the few rules of etcd that the server's safety rests on. */
@Tag("etcd")
final class SingleMemberTest {

  /** Compares something that holds, and deletes a key that is not there. */
  private static final String PULSE = "version(\"here\") = \"1\"\n\ndel none\n\n\n";

  private static final String FULL = "etcdserver: mvcc: database space exceeded";

  private EtcdCluster cluster;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    cluster = EtcdCluster.start(directory, 1, "--quota-backend-bytes=16777216");
    cluster.ctl().ask("put", "here", "value");
  }

  @AfterEach
  void close() throws Exception {
    cluster.close();
  }

  @Test
  void aPulse_movesNoRevision() {
    long before = cluster.revision();
    assertThat(cluster.ctl().txn(PULSE).out()).startsWith("SUCCESS");
    assertThat(cluster.revision()).isEqualTo(before);
  }

  @Test
  void aFullDisk_refusesPuts_andLetsAPulsePass() {
    assertThat(fill()).contains(FULL);
    assertThat(cluster.ctl().run("", "put", "here", "more").err()).contains(FULL);
    assertThat(cluster.ctl().txn(PULSE).out()).startsWith("SUCCESS");
    cluster.members().get(0).restart();
    assertThat(cluster.ctl().run("", "put", "here", "more").err()).contains(FULL);
  }

  /** Puts until it refuses, and what it says then. */
  private String fill() {
    String large = "x".repeat(1_000_000);
    for (int i = 0; i < 40; i++) {
      EtcdCtl.Outcome outcome = cluster.ctl().run(large, "put", "large" + i);
      if (outcome.status() != 0) {
        return outcome.err();
      }
    }
    throw new AssertionError("it has more space than it should have");
  }

  @Test
  void anAlarm_isAsGoodAsAFullDisk_untilItIsDisarmed() {
    cluster.raiseNoSpace();
    assertThat(cluster.ctl().run("", "put", "here", "more").err()).contains(FULL);
    assertThat(cluster.ctl().txn(PULSE).out()).startsWith("SUCCESS");
    cluster.disarm();
    cluster.ctl().ask("put", "here", "more");
  }

  @Test
  void compact_forgetsOlderRevisions() {
    long before = cluster.revision();
    cluster.ctl().ask("put", "here", "newer");
    cluster.compact(cluster.revision());
    assertThat(cluster.ctl().run("", "get", "here", "--rev=" + before).err())
        .contains("required revision has been compacted");
  }

  @Test
  void revoke_deletesTheKeysOfALease() {
    String granted = cluster.ctl().ask("lease", "grant", "600");
    String id = granted.split(" ", -1)[1];
    cluster.ctl().ask("put", "leased", "value", "--lease=" + id);
    cluster.revoke(Long.parseUnsignedLong(id, 16));
    assertThat(cluster.ctl().ask("get", "leased")).isEmpty();
  }
}
