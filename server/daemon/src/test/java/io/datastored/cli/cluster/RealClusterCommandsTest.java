package io.datastored.cli.cluster;

import static io.datastored.cli.cluster.ClusterSite.section;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.backup.StateSite;
import io.datastored.cli.Shell;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.engine.Engine;
import io.datastored.engine.Intent;
import io.datastored.engine.MaintenanceChange;
import io.datastored.engine.WriteOutcome;
import io.datastored.etcd.testkit.EtcdCluster;
import io.datastored.history.Revision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on one member of a real etcd, each history with a prefix of its own. */
@Tag("etcd")
final class RealClusterCommandsTest {

  private static final AtomicInteger HISTORIES = new AtomicInteger();

  private static EtcdCluster etcd;

  @TempDir Path directory;

  private final String prefix = "/datastored/commands-" + HISTORIES.incrementAndGet() + "/";

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    etcd = EtcdCluster.start(data, 1);
  }

  @AfterAll
  static void stop() throws Exception {
    etcd.close();
  }

  private ClusterSite cluster() {
    return new ClusterSite(
        directory, "--etcd-endpoints", etcd.targets().get(0), "--etcd-prefix", prefix);
  }

  private String value(String key) {
    return etcd.ctl().ask("get", "--print-value-only", prefix + key);
  }

  private static void assertOk(Shell.Result result) {
    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
  }

  /** With comments between sections, two kinds of line ends, and none at the end of the file. */
  private static String thousand() {
    StringBuilder text = new StringBuilder("# the head\r\n\r\n");
    for (int i = 0; i < 1_000; i++) {
      String section = section("name-" + i, "number " + i);
      text.append(i % 3 == 0 ? section.replace("\n", "\r\n") : section);
      if (i % 10 == 0) {
        text.append("# behind ").append(i).append("\n\n");
      }
    }
    return text.toString().stripTrailing();
  }

  /** A server that takes a datastore out of service, and whose file loses one. */
  private Revision live(StateSite site, String text) throws Exception {
    Revision unused = site.live();
    Files.writeString(site.config(), text);
    try (Engine engine = site.engine(site.config(), site.state())) {
      WriteOutcome outcome =
          engine.setMaintenance(
              new MaintenanceChange(
                  DatastoreName.of("name-7"),
                  MaintenanceSetting.of(MaintenanceMode.READ_ONLY, "a disk"),
                  Optional.empty(),
                  Optional.of("alice"),
                  Optional.empty()),
              Intent.COMMIT);
      assertThat(outcome).isNotNull();
      return engine.snapshot().revision();
    }
  }

  @Test
  void init_fromAServer_thenExport_isTheSameFile() throws Exception {
    StateSite site = new StateSite(directory);
    Revision revision = live(site, thousand());
    ClusterSite cluster = cluster();
    assertOk(cluster.run("init", "--from", site.config(), "--state-dir", site.state()));
    Path file = directory.resolve("exported");
    assertOk(cluster.run("export", file));
    assertThat(file).hasSameBinaryContentAs(site.config());
    assertThat(value("head"))
        .contains("incarnation " + revision.incarnation(), "generation " + revision.generation());
    assertThat(value("ds/name-7")).contains("read-only", "=YWxpY2U");
    assertThat(value("gone/main")).isNotEmpty();
    assertThat(cluster.run("import", file).out())
        .contains("has this text already", "Generation " + revision.generation());
    assertThat(cluster.run("init", "--from", file, "--new-history").err()).contains("already");
  }

  @Test
  void import_ofAThousandDatastores_isTenGenerations() throws Exception {
    ClusterSite cluster = cluster();
    assertOk(cluster.run("init", "--from", cluster.file("datastore.cfg", ""), "--new-history"));
    String text = thousand();
    assertThat(cluster.run("import", cluster.file("datastore.cfg", text)).out())
        .contains("1000 datastores changed, in 10 generations. Generation 11.");
    assertThat(cluster.export()).isEqualTo(text);
  }

  @Test
  void import_overAnEditByHand_isAGenerationAfterIt() throws Exception {
    ClusterSite cluster = cluster();
    String text = section("main", "one") + section("other", "two");
    assertOk(cluster.run("init", "--from", cluster.file("datastore.cfg", text), "--new-history"));
    etcd.ctl().ask("put", prefix + "ds/other", section("other", "by hand"));
    assertThat(cluster.export()).as("what is there").contains("by hand");
    assertThat(cluster.run("import", cluster.file("datastore.cfg", text)).out())
        .contains("1 datastore changed, in 1 generation. Generation 3.");
    assertThat(cluster.export()).isEqualTo(text);
  }

  @Test
  void edit_ofWhatWasEditedByHand_keepsIt() throws Exception {
    ClusterSite cluster = cluster();
    String text = section("main", "one") + section("other", "two");
    assertOk(cluster.run("init", "--from", cluster.file("datastore.cfg", text), "--new-history"));
    etcd.ctl().ask("put", prefix + "ds/other", section("other", "by hand"));
    assertOk(cluster.edit("sed -i 's/one/edited/' \"$1\"", "", "main"));
    assertThat(cluster.export()).contains("edited", "by hand");
  }

  @Test
  void anotherPrefix_hasNoHistory() throws Exception {
    ClusterSite cluster = cluster();
    assertThat(cluster.run("export", directory.resolve("file")).err())
        .contains("there is no history at etcd " + prefix, "Check --etcd-prefix");
    assertThat(directory.resolve("file")).doesNotExist();
  }

  @Test
  void configurationDeletedByHand_isNotExported() throws Exception {
    ClusterSite cluster = cluster();
    assertOk(
        cluster.run(
            "init",
            "--from",
            cluster.file("datastore.cfg", section("main", "one")),
            "--new-history"));
    etcd.ctl().ask("del", "--prefix", prefix + "ds/");
    etcd.ctl().ask("del", prefix + "preamble");
    Shell.Result result = cluster.run("export", directory.resolve("file"));
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("the configuration at etcd " + prefix + " is missing");
    assertThat(directory.resolve("file")).doesNotExist();
  }

  @Test
  void withoutPermission_saysWhatIsMissing(@TempDir Path data) throws Exception {
    try (EtcdCluster guarded = EtcdCluster.start(data, 1)) {
      Path password = Files.writeString(directory.resolve("password"), "secret\n");
      guarded.ctl().ask("user", "add", "root:secret");
      guarded.ctl().ask("user", "grant-role", "root", "root");
      guarded.ctl().ask("user", "add", "datastored:secret");
      guarded.ctl().ask("role", "add", "other");
      guarded.ctl().ask("role", "grant-permission", "other", "readwrite", "--prefix=true", "/x/");
      guarded.ctl().ask("user", "grant-role", "datastored", "other");
      guarded.ctl().ask("auth", "enable");
      ClusterSite cluster =
          new ClusterSite(
              directory,
              "--etcd-endpoints",
              guarded.targets().get(0),
              "--etcd-user",
              "datastored",
              "--etcd-password-file",
              password.toString());
      Path file = cluster.file("datastore.cfg", section("main", "one"));
      Shell.Result refused = cluster.run("init", "--from", file, "--new-history");
      assertThat(refused.status()).isEqualTo(1);
      assertThat(refused.err())
          .contains("etcdctl role grant-permission ROLE readwrite --prefix=true /datastored/main/");
      assertOk(cluster.run("init", "--from", file, "--new-history", "--etcd-prefix", "/x/"));
      Files.writeString(password, "wrong\n");
      assertThat(cluster.run("export", file, "--etcd-prefix", "/x/").err())
          .contains("authentication failed");
    }
  }

  @Test
  void etcdThatIsStopped_isNamedWithinSeconds(@TempDir Path data) throws Exception {
    try (EtcdCluster away = EtcdCluster.start(data, 1)) {
      String target = away.targets().get(0);
      ClusterSite cluster = new ClusterSite(directory, "--etcd-endpoints", target);
      Path file = cluster.file("datastore.cfg", section("main", "one"));
      assertOk(cluster.run("init", "--from", file, "--new-history"));
      away.members().get(0).pause();
      Shell.Result result = cluster.run("import", file);
      assertThat(result.status()).isEqualTo(3);
      assertThat(result.err()).contains("etcd http://" + target, "Check --etcd-endpoints");
      away.members().get(0).kill();
      assertThat(cluster.run("export", file).status()).isEqualTo(3);
    }
  }
}
