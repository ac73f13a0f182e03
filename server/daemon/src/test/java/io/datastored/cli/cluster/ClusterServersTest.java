package io.datastored.cli.cluster;

import static io.datastored.cli.cluster.ClusterSite.section;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.datastored.cli.Shell;
import io.datastored.etcd.client.ModelEtcd;
import io.datastored.etcd.client.ModelEtcd.Fate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that look after the servers of a history. */
final class ClusterServersTest {

  private static final String PREFIX = "/datastored/main/";
  private static final String ALIVE =
      "applied 00000000000000a1 1\nversion 1.0\naddresses a:8007\nrules cafe\n";

  @TempDir Path directory;

  private ModelEtcd etcd;
  private ClusterSite cluster;

  @BeforeEach
  void start() throws IOException {
    etcd = ModelEtcd.start();
    cluster =
        new ClusterSite(
            directory, "--etcd-endpoints", etcd.endpoint(), "--etcd-request-timeout", "20s");
    Shell.Result init =
        cluster.run(
            "init",
            "--new-history",
            "--from",
            cluster.file(
                "datastore.cfg",
                section("main", "one")
                    + "datastore: other\n\tmaintenance-mode offline,message=shelves\n\tpath"
                    + " /srv/other\n\n"));
    assertThat(init.status()).as(init.err()).isZero();
  }

  @AfterEach
  void stop() {
    etcd.close();
  }

  private String value(String key) {
    return etcd.get(PREFIX + key).orElseThrow().text();
  }

  private void record(String life, String replica, String more) {
    etcd.put(
        PREFIX + "life/" + life,
        "replica %s\nauthority 10000\nlongest 61100\n%s".formatted(replica, more));
  }

  private static void assertRefused(Shell.Result result, String... sentences) {
    assertThat(result.err()).contains(sentences);
    assertThat(result.status()).isEqualTo(1);
  }

  @Test
  void acceptRestore_saysWhatItFound_andAsks() {
    String head = value("head");
    Shell.Result asked = cluster.run("accept-restore");
    assertRefused(asked, "nothing was changed: there was no answer. With --yes it is not asked");
    assertThat(asked.out())
        .contains("is at generation 1 of incarnation ", "with 2 datastores")
        .contains("  other: offline (shelves)\n")
        .doesNotContain("main:")
        .contains("datastored cluster edit NAME", "No drain ends for 668s")
        .contains("Is this the history from now on? [y/N] ");
    assertThat(cluster.answering("n\n", "accept-restore").err()).contains("nothing was changed");
    assertThat(value("head")).isEqualTo(head);
    assertThat(etcd.keys()).noneMatch(key -> key.contains("/life/"));
  }

  @Test
  void acceptRestore_withTheOperatorsWord_isAnotherIncarnation() throws Exception {
    String head = value("head");
    long tokens = Long.parseLong(value("tokens").strip());
    etcd.put(PREFIX + "continuation", "a".repeat(64) + "\n");
    Shell.Result accepted = cluster.answering("y\n", "accept-restore", "--longest-ttl", "60s");
    assertThat(accepted.err()).isEmpty();
    assertThat(accepted.out())
        .contains("is accepted: incarnation ", "generation 1.", "for at most 123s");
    assertThat(value("head").lines().findFirst()).isNotEqualTo(head.lines().findFirst());
    assertThat(value("head")).contains("generation 1\n");
    assertThat(Long.parseLong(value("tokens").strip())).isGreaterThanOrEqualTo(tokens);
    assertThat(value("continuation")).isNotEqualTo("a".repeat(64) + "\n");
    List<String> lives = etcd.keys().stream().filter(key -> key.contains("/life/")).toList();
    assertThat(lives).hasSize(1);
    assertThat(value(lives.get(0).substring(PREFIX.length())))
        .isEqualTo("replica before-the-restore\nauthority 60000\nlongest 61100\n");
  }

  @Test
  void acceptRestore_withoutAnAnswerOfEtcd_saysWhatToDo() {
    etcd.fates(Fate.LOST);
    Shell.Result unknown = cluster.run("accept-restore", "--yes");
    assertThat(unknown.status()).isEqualTo(3);
    assertThat(unknown.err()).contains("When etcd answers again, run the command again");
  }

  @Test
  void forgetReplica_thatIsHere_isRefused() {
    record("abcd", "a", "");
    etcd.put(PREFIX + "here/abcd", ALIVE);
    assertRefused(
        cluster.run("forget-replica", "a", "--yes"),
        "the server a is in touch with etcd (life abcd)",
        "Stop it first");
    assertThat(value("life/abcd")).isNotEmpty();
  }

  @Test
  void forgetReplica_thatRunsAgain_namesItsEarlierLife() {
    record("abcd", "a", "");
    etcd.put(PREFIX + "here/abcd", ALIVE);
    record("efgh", "a", "");
    assertRefused(
        cluster.run("forget-replica", "a", "--yes"),
        "the server a runs again (life abcd)",
        "datastored cluster forget-replica efgh");
    assertThat(cluster.run("forget-replica", "efgh", "--yes").err()).isEmpty();
    assertThat(etcd.keys()).contains(PREFIX + "life/abcd").doesNotContain(PREFIX + "life/efgh");
  }

  @Test
  void forgetReplica_thatIsGone_namesTheRisk_andAsks() {
    record("abcd", "a", "");
    record("efgh", "a", "left\n");
    record("ijkl", "b", "");
    Shell.Result asked = cluster.answering("no\n", "forget-replica", "a");
    assertRefused(asked, "nothing was changed");
    assertThat(asked.out())
        .contains("The server a (life abcd, silent) is waited for at most 72s")
        .contains("The server a (life efgh, stopped in order) is waited for at most 62s")
        .contains("a drain can end while that client uses the datastore");
    assertThat(etcd.keys()).contains(PREFIX + "life/abcd");
    assertThat(cluster.answering("yes\n", "forget-replica", "a").err()).isEmpty();
    assertThat(etcd.keys())
        .doesNotContain(PREFIX + "life/abcd", PREFIX + "life/efgh")
        .contains(PREFIX + "life/ijkl");
  }

  @Test
  void forgetReplica_ofWhichNothingIsKnown_isNamed() {
    assertRefused(
        cluster.run("forget-replica", "a", "--yes"),
        "nothing is known of a server 'a' at etcd /datastored/main/");
  }

  /** Its record cannot be read, so it would be waited for without an end. */
  @Test
  void forgetReplica_byItsLife() {
    etcd.put(PREFIX + "life/abcd", "scrambled");
    assertThat(cluster.run("status").out())
        .contains("until an operator decides", "datastored cluster forget-replica abcd");
    Shell.Result forgotten = cluster.run("forget-replica", "abcd", "--yes");
    assertThat(forgotten.out()).contains("waited for without an end");
    assertThat(etcd.keys()).doesNotContain(PREFIX + "life/abcd");
  }

  @Test
  void status_withoutServers() {
    Shell.Result status = cluster.run("status");
    assertThat(status.status()).isZero();
    assertThat(status.out())
        .contains("etcd /datastored/main/ is at generation 1 of incarnation ")
        .contains(": 2 datastores, 1 in maintenance.")
        .contains("No server shares this history, and none is waited for.");
  }

  @Test
  void status_showsServers_waits_andRulesThatDiffer() {
    record("abcd", "a", "");
    etcd.put(PREFIX + "here/abcd", ALIVE);
    record("efgh", "b", "");
    etcd.put(PREFIX + "here/efgh", ALIVE.replace("rules cafe", "rules beef").replace("a:", "b:"));
    record("ijkl", "c", "left\n");
    etcd.put(PREFIX + "ask/main/abcd", "\n");
    etcd.put(PREFIX + "work/main/efgh", "since 1\nread 0\nwrite 1\nsessions 0\n");
    String status = cluster.run("status").out();
    assertThat(status)
        .containsPattern("a +abcd +here +1.0 +1 +0 +62s +a:8007")
        .containsPattern("c +ijkl +left +- +- +- +62s")
        .contains("Drains wait for c (life ijkl) for at most 62s from when it was gone.")
        .contains("main: somebody waits for a drain at a; what its mode refuses is in use at b.")
        .contains("The rules files of the servers differ: ", "beef at b", "cafe at a");
    etcd.delete(PREFIX + "here/efgh");
    assertThat(cluster.run("status").out())
        .doesNotContain("rules files")
        .contains("Drains wait for b (life efgh) for at most 72s");
  }

  @Test
  void status_asJson() {
    record("abcd", "a", "");
    etcd.put(PREFIX + "here/abcd", ALIVE);
    record("efgh", "b", "");
    JsonObject status =
        JsonParser.parseString(cluster.run("status", "--output", "json").out()).getAsJsonObject();
    assertThat(status.get("generation").getAsLong()).isEqualTo(1);
    assertThat(status.getAsJsonArray("members").get(0).getAsJsonObject().get("endpoint"))
        .hasToString("\"" + etcd.endpoint() + "\"");
    JsonObject a = status.getAsJsonArray("replicas").get(0).getAsJsonObject();
    assertThat(a.get("state").getAsString()).isEqualTo("HERE");
    assertThat(a.get("lag").getAsLong()).isZero();
    assertThat(a.get("longestMillis").getAsLong()).isEqualTo(61_100);
    assertThat(a.has("waitMillis")).isFalse();
    JsonObject b = status.getAsJsonArray("replicas").get(1).getAsJsonObject();
    assertThat(b.get("waitMillis").getAsLong()).isEqualTo(71_700);
  }

  @Test
  void status_whereNoHistoryIs_orNoEtcd() {
    Shell.Result none = cluster.run("status", "--etcd-prefix", "/none/");
    assertRefused(none, "there is no history at etcd /none/: it has no head");
    Shell.Result half =
        new Shell().run("cluster", "status", "--etcd-endpoints", etcd.endpoint() + ",127.0.0.1:1");
    assertThat(half.status()).isZero();
    assertThat(half.out())
        .containsPattern(etcd.endpoint() + " +up +3.6.16 +yes")
        .containsPattern("127.0.0.1:1 +down");
    assertThat(new Shell().run("cluster", "status", "--etcd-endpoints", "127.0.0.1:1").status())
        .isEqualTo(3);
  }
}
