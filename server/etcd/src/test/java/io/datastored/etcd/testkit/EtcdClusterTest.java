package io.datastored.etcd.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.testkit.proxy.Direction;
import io.datastored.testkit.proxy.FaultProxy;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three members and what happens to them; each test leaves all of them healthy. */
@Tag("etcd")
final class EtcdClusterTest {

  private static EtcdCluster cluster;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    cluster = EtcdCluster.start(directory, 3);
  }

  @AfterAll
  static void close() throws Exception {
    cluster.close();
  }

  @Test
  void threeMembers_followOneLeader_andHaveTheSameKeys() {
    EtcdMember leader = cluster.leader();
    assertThat(cluster.members()).contains(leader).allMatch(EtcdMember::isRunning);
    cluster.ctl().ask("put", "key", "value");
    assertThat(cluster.members())
        .allSatisfy(
            member ->
                assertThat(member.ctl().ask("get", "key", "--print-value-only"))
                    .isEqualTo("value"));
  }

  @Test
  void kill_ofTheLeader_makesAnotherOne_andTheOldOneComesBack() {
    EtcdMember old = cluster.leader();
    old.kill();
    assertThat(old.isRunning()).isFalse();
    assertThat(cluster.leader()).isNotSameAs(old);
    cluster.ctl().ask("put", "while dead", "value");
    old.restart();
    assertThat(old.ctl().ask("get", "while dead", "--print-value-only")).isEqualTo("value");
  }

  @Test
  void pause_ofTheLeader_makesAnotherOne_andTheOldOneGoesOn() {
    EtcdMember old = cluster.leader();
    old.pause();
    assertThat(cluster.leader()).isNotSameAs(old);
    cluster.ctl().ask("put", "while paused", "value");
    old.resume();
    old.awaitHealthy();
    await()
        .until(
            () ->
                old.ctl()
                    .ask("get", "while paused", "--print-value-only", "--consistency=s")
                    .equals("value"));
  }

  @Test
  void aProxy_beforeAMember_silencesItForItsClient() throws Exception {
    EtcdMember member = cluster.members().get(0);
    try (FaultProxy proxy = FaultProxy.to(member.address())) {
      EtcdCtl through = member.ctl().at(List.of(proxy.target()));
      through.ask("put", "through", "value");
      proxy.blackhole(Direction.BOTH);
      assertThat(through.run("", "get", "through", "--command-timeout=300ms").status()).isNotZero();
      proxy.heal();
      assertThat(through.ask("get", "through", "--print-value-only")).isEqualTo("value");
    }
  }

  @Test
  void restore_setsEveryMemberBack_toAnOlderRevisionOfTheSameCluster(@TempDir Path directory)
      throws Exception {
    cluster.ctl().ask("put", "restored", "before");
    long before = cluster.revision();
    List<MemberReport> known = reports();
    cluster.snapshot(directory.resolve("snapshot"));
    cluster.ctl().ask("put", "restored", "after");
    cluster.restore(directory.resolve("snapshot"));
    assertThat(cluster.revision()).isEqualTo(before);
    assertThat(reports())
        .extracting(MemberReport::member)
        .isEqualTo(known.stream().map(MemberReport::member).toList());
    assertThat(cluster.members())
        .allSatisfy(
            member ->
                assertThat(member.ctl().ask("get", "restored", "--print-value-only"))
                    .isEqualTo("before"));
  }

  private static List<MemberReport> reports() {
    return cluster.members().stream().map(member -> member.report().orElseThrow()).toList();
  }
}
