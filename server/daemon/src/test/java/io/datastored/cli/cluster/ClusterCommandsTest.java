package io.datastored.cli.cluster;

import static io.datastored.cli.cluster.ClusterSite.section;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.backup.StateSite;
import io.datastored.cli.Shell;
import io.datastored.engine.Engine;
import io.datastored.etcd.client.ModelEtcd;
import io.datastored.etcd.client.ModelEtcd.Fate;
import io.datastored.file.DiskSteps;
import io.datastored.history.Revision;
import io.datastored.history.file.Consent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClusterCommandsTest {

  private static final String PREFIX = "/datastored/main/";
  private static final String TEXT =
      "# head\n" + section("main", "one") + "# behind main\n" + section("other", "two");
  private static final String FAULTY = "datastore: main\n\tpath relative\n";

  @TempDir Path directory;

  private ModelEtcd etcd;
  private ClusterSite cluster;

  @BeforeEach
  void start() throws IOException {
    etcd = ModelEtcd.start();
    cluster =
        new ClusterSite(
            directory, "--etcd-endpoints", etcd.endpoint(), "--etcd-request-timeout", "20s");
  }

  @AfterEach
  void stop() {
    etcd.close();
  }

  private Shell.Result init(String text) throws IOException {
    return cluster.run("init", "--from", cluster.file("datastore.cfg", text), "--new-history");
  }

  private String value(String key) {
    return etcd.get(PREFIX + key).orElseThrow().value().toStringUtf8();
  }

  private static void assertOk(Shell.Result result) {
    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
  }

  private static void assertRefused(Shell.Result result, String... sentences) {
    assertThat(result.err()).contains(sentences);
    assertThat(result.status()).isEqualTo(1);
  }

  @Test
  void init_writesTheConfiguration_thatExportWritesBack() throws Exception {
    String text = TEXT.replace("\n\n", "\r\n\n") + "datastore: last\n\tpath /srv/last";
    Shell.Result result = init(text);
    assertOk(result);
    assertThat(result.out())
        .startsWith("etcd /datastored/main/ has 3 datastores. Incarnation ")
        .endsWith(", generation 1.\n");
    assertThat(cluster.export()).isEqualTo(text);
    assertThat(Long.parseLong(value("tokens"))).as("by the clock").isGreaterThan(1L << 50);
    assertThat(etcd.keys()).noneMatch(key -> key.contains("/life/"));
  }

  @Test
  void init_twice_isRefused() throws Exception {
    assertOk(init(TEXT));
    assertRefused(
        init(section("main", "other")),
        "there is a history at etcd /datastored/main/ already",
        "datastored cluster import FILE");
    assertThat(cluster.export()).isEqualTo(TEXT);
  }

  @Test
  void init_faulty_isRefused_withTheReportOfCheck() throws Exception {
    Shell.Result result = init(FAULTY);
    assertRefused(result, "datastore.cfg has faults: nothing was written to etcd");
    assertThat(result.out())
        .isEqualTo(new Shell().run("check", directory.resolve("datastore.cfg").toString()).out())
        .contains("datastore.cfg:2:");
    assertThat(etcd.keys()).isEmpty();
  }

  @Test
  void init_withAStateDirectory_takesItsHistoryAlong() throws Exception {
    StateSite site = new StateSite(directory);
    Revision revision = site.live();
    Shell.Result result = cluster.run("init", "--from", site.config(), "--state-dir", site.state());
    assertOk(result);
    assertThat(result.out())
        .contains(
            "Incarnation %s, generation %s."
                .formatted(revision.incarnation(), revision.generation()))
        .contains("has promised leases or sessions of up to 62 s")
        .contains("No server starts on " + site.state() + " any more");
    assertThat(value("head"))
        .contains("incarnation " + revision.incarnation(), "generation " + revision.generation());
    assertThat(value("ds/other")).contains("offline", "shelves");
    assertThat(cluster.export()).isEqualTo(Files.readString(site.config()));
    assertThat(Long.parseLong(value("tokens"))).isGreaterThanOrEqualTo(ledger(site));
    List<String> lives = etcd.keys().stream().filter(key -> key.contains("/life/")).toList();
    assertThat(lives).hasSize(1);
    assertThat(value(lives.get(0).substring(PREFIX.length())))
        .matches("replica earlier server on .+\nauthority 1000\nlongest 61100\nleft\n");
  }

  /** The ceiling of fencing tokens. */
  private static long ledger(StateSite site) throws IOException {
    Matcher line =
        Pattern.compile("fencing-ceiling (\\d+)")
            .matcher(Files.readString(site.state().resolve("leases")));
    assertThat(line.find()).isTrue();
    return Long.parseLong(line.group(1));
  }

  @Test
  void init_editedSinceTheServerStopped_isAnotherGeneration() throws Exception {
    StateSite site = new StateSite(directory);
    Revision revision = site.live();
    Files.writeString(
        site.config(), Files.readString(site.config()) + "\n" + section("new", "added"));
    assertOk(cluster.run("init", "--from", site.config(), "--state-dir", site.state()));
    assertThat(value("head")).contains("generation " + revision.generation().next());
    assertThat(value("ds/new")).contains("datastore new " + revision.generation().next());
  }

  @Test
  void init_whileTheStateDirectoryIsInUse_isRefused() throws Exception {
    StateSite site = new StateSite(directory);
    Revision unused = site.live();
    try (Engine engine = site.engine(site.config(), site.state())) {
      assertThat(engine.snapshot().revision()).isNotNull();
      assertRefused(
          cluster.run("init", "--from", site.config(), "--state-dir", site.state()),
          "stop it first, so that it changes and promises nothing more");
    }
    assertThat(etcd.keys()).isEmpty();
  }

  @Test
  void init_ofAStateThatIsNotWhatTheServerLeft_isRefused() throws Exception {
    StateSite site = new StateSite(directory);
    Revision unused = site.live();
    Path copy = Files.copy(site.config(), directory.resolve("copy.cfg"));
    assertRefused(
        cluster.run("init", "--from", copy, "--state-dir", site.state()),
        "belongs to the configuration " + site.config() + ", not " + copy);
    byte[] text = Files.readAllBytes(site.config());
    Files.writeString(site.config(), "# nothing\n");
    assertRefused(
        cluster.run("init", "--from", site.config(), "--state-dir", site.state()),
        "datastore.cfg is empty: 2 datastores");
    Files.write(site.config(), text);
    Path ledger = site.state().resolve("leases");
    byte[] promises = Files.readAllBytes(ledger);
    Files.delete(ledger);
    assertRefused(
        cluster.run("init", "--from", site.config(), "--state-dir", site.state()),
        "leases is missing",
        "start the server on " + site.state() + " once");
    Files.write(ledger, promises);
    Consent.toRestore(site.state(), DiskSteps.REAL);
    assertRefused(
        cluster.run("init", "--from", site.config(), "--state-dir", site.state()),
        "it was restored from a backup");
    assertRefused(
        cluster.run("init", "--from", site.config(), "--state-dir", directory.resolve("none")),
        "there is no state directory " + directory.resolve("none"));
    assertThat(etcd.keys()).isEmpty();
    assertThat(site.state().resolve("moved")).doesNotExist();
  }

  @Test
  void init_withAStateDirectory_isNotedThere_unlessNothingWasWritten() throws Exception {
    StateSite site = new StateSite(directory);
    Revision unused = site.live();
    Path moved = site.state().resolve("moved");
    etcd.cutOff();
    assertThat(cluster.run("init", "--from", site.config(), "--state-dir", site.state()).status())
        .isEqualTo(3);
    assertThat(moved).doesNotExist();
    etcd.heal();
    assertOk(cluster.run("init", "--from", site.config(), "--state-dir", site.state()));
    assertThat(moved).hasContent("etcd /datastored/main/ (" + etcd.endpoint() + ")");
    assertThat(new Shell().run("state", "check", site.state().toString()).out())
        .contains("moved: note: the history was moved to etcd /datastored/main/");
    assertRefused(
        cluster.run("init", "--from", site.config(), "--state-dir", site.state()), "already");
    assertThat(moved).as("it was moved").exists();
  }

  /** One history cannot go on at two places. */
  @Test
  void init_ofAMovedHistory_atAnotherPrefix_isRefused() throws Exception {
    StateSite site = new StateSite(directory);
    Revision unused = site.live();
    assertOk(cluster.run("init", "--from", site.config(), "--state-dir", site.state()));
    assertRefused(
        cluster.run(
            "init",
            "--from",
            site.config(),
            "--state-dir",
            site.state(),
            "--etcd-prefix",
            "/datastored/other/"),
        "was moved to etcd /datastored/main/ (" + etcd.endpoint() + "), and can be at one place");
    assertThat(etcd.keys()).allMatch(key -> key.startsWith(PREFIX));
  }

  @Test
  void init_mustSayWhichHistoryGoesOn() throws Exception {
    Path file = cluster.file("datastore.cfg", TEXT);
    Shell.Result result = cluster.run("init", "--from", file);
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("--state-dir", "--new-history");
    assertThat(cluster.run("init", "--from", file, "--state-dir", "x", "--new-history").status())
        .isEqualTo(2);
    assertThat(etcd.keys()).isEmpty();
  }

  @Test
  void init_fromTheInput() throws Exception {
    assertOk(cluster.answering(TEXT, "init", "--from", "-", "--new-history"));
    assertThat(cluster.export()).isEqualTo(TEXT);
    StateSite site = new StateSite(directory);
    Revision unused = site.live();
    Shell.Result both =
        cluster.answering(
            TEXT, "init", "--from", "-", "--state-dir", site.state(), "--etcd-prefix", "/other/");
    assertThat(both.status()).isEqualTo(2);
    assertThat(both.err()).contains("--from - is for a new history");
  }

  /** The history may be in etcd: no server may start before somebody has looked. */
  @Test
  void init_whoseOutcomeIsUnknown_isNoted_andCanBeRepeated() throws Exception {
    StateSite site = new StateSite(directory);
    Revision unused = site.live();
    etcd.fates(Fate.ANSWERED, Fate.ANSWERED, Fate.LOST);
    Shell.Result result = cluster.run("init", "--from", site.config(), "--state-dir", site.state());
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err()).contains("run the same command again");
    assertThat(site.state().resolve("moved")).exists();
    assertThat(etcd.get(PREFIX + "head")).isEmpty();
    assertOk(cluster.run("init", "--from", site.config(), "--state-dir", site.state()));
  }

  /** As a kill right after the first transaction would leave it. */
  @Test
  void init_notesTheMove_beforeItWrites() throws Exception {
    StateSite site = new StateSite(directory);
    Revision unused = site.live();
    AtomicBoolean noted = new AtomicBoolean();
    etcd.beforeAnswer(() -> noted.set(Files.exists(site.state().resolve("moved"))));
    assertOk(cluster.run("init", "--from", site.config(), "--state-dir", site.state()));
    assertThat(noted).isTrue();
  }

  @Test
  void export_whereNoHistoryIs_writesNothing() throws Exception {
    Path file = cluster.file("kept", "kept");
    assertRefused(
        cluster.run("export", file),
        "there is no history at etcd /datastored/main/: it has no head",
        "Check --etcd-prefix",
        "datastored cluster init --from FILE");
    assertThat(file).hasContent("kept");
  }

  @Test
  void anEtcdThatIsAway_isNamed() throws Exception {
    assertOk(init(TEXT));
    etcd.cutOff();
    Path file = cluster.file("other.cfg", TEXT);
    for (Shell.Result result :
        List.of(
            cluster.run("export", file),
            cluster.run("import", file),
            cluster.run("init", "--from", file, "--new-history"),
            cluster.edit("true", ""))) {
      assertThat(result.status()).isEqualTo(3);
      assertThat(result.err())
          .contains("etcd http://" + etcd.endpoint() + ": UNAVAILABLE: cut off")
          .contains("Check --etcd-endpoints, and that etcd is running");
    }
  }

  @Test
  void flags_thatDoNotFit_areNamed() throws Exception {
    Path file = cluster.file("datastore.cfg", TEXT);
    assertThat(new Shell().run("cluster", "export", "-").err())
        .contains("Give the members of etcd: --etcd-endpoints HOST:PORT");
    assertThat(cluster.run("export", "-", "--etcd-prefix", "/main").err())
        .contains("Invalid --etcd-prefix '/main': it must end with '/'");
    assertThat(cluster.run("import", file, "--etcd-user", "root").err())
        .contains("--etcd-user and --etcd-password-file belong together");
    assertThat(cluster.run("import", file, "--etcd-cert", file).err())
        .contains("--etcd-cert and --etcd-key belong together");
    assertThat(cluster.run("import", file, "--etcd-ca", file).err())
        .contains("TLS files for etcd cannot be used", "holds no PEM certificates");
    assertThat(
            new Shell()
                .with("DATASTORED_ETCD_ENDPOINTS", "a:b:c")
                .run("cluster", "export", "-")
                .err())
        .contains("invalid endpoint \"a:b:c\"");
  }

  @Test
  void import_changesWhatDiffers() throws Exception {
    assertOk(init(TEXT));
    String text = TEXT.replace("one", "new") + section("third", "three");
    Shell.Result result = cluster.run("import", cluster.file("next.cfg", text));
    assertOk(result);
    assertThat(result.out())
        .isEqualTo(
            "etcd /datastored/main/ has the new text. 2 datastores changed, in 1 generation."
                + " Generation 2.\n");
    assertThat(cluster.export()).isEqualTo(text);
    assertThat(value("ds/other")).contains("datastore other 1 ");
    assertThat(value("ds/main")).contains("datastore main 2 ");
  }

  @Test
  void import_ofTheSameText_changesNothing() throws Exception {
    assertOk(init(TEXT));
    String head = value("head");
    long revision = etcd.revision();
    assertThat(cluster.run("import", cluster.file("same.cfg", TEXT)).out())
        .isEqualTo(
            "etcd /datastored/main/ has this text already: nothing was changed. Generation 1.\n");
    assertThat(value("head")).isEqualTo(head);
    assertThat(etcd.revision()).isEqualTo(revision);
    assertThat(cluster.run("import", cluster.file("same.cfg", "# more\n" + TEXT)).out())
        .isEqualTo(
            "etcd /datastored/main/ has the new text. Only comments, or the order of datastores,"
                + " were changed. Generation 1.\n");
  }

  @Test
  void import_ofManyDatastores_tellsInHowManyGenerations() throws Exception {
    assertOk(init(TEXT));
    StringBuilder many = new StringBuilder(TEXT);
    for (int i = 0; i < 250; i++) {
      many.append(section("name-" + i, "new"));
    }
    assertThat(cluster.run("import", cluster.file("many.cfg", many.toString())).out())
        .contains("250 datastores changed, in 3 generations. Generation 4.");
    assertThat(cluster.export()).isEqualTo(many.toString());
  }

  @Test
  void import_interruptedBetweenTwoParts_isFinishedByTheNextOne() throws Exception {
    assertOk(init(TEXT));
    StringBuilder many = new StringBuilder(TEXT);
    for (int i = 0; i < 250; i++) {
      many.append(section("name-" + i, "new"));
    }
    Path file = cluster.file("many.cfg", many.toString());
    etcd.beforeAnswer(etcd::cutOff);
    Shell.Result cut = cluster.run("import", file);
    assertThat(cut.status()).isEqualTo(3);
    assertThat(cut.err())
        .contains("commits of this change that were made before: 1, so run the command again");
    etcd.heal();
    assertThat(cluster.run("import", file).out())
        .contains("150 datastores changed, in 2 generations. Generation 4.");
    assertThat(cluster.export()).isEqualTo(many.toString());
  }

  @Test
  void import_faulty_isRefused_withTheReportOfCheck() throws Exception {
    assertOk(init(TEXT));
    Shell.Result result = cluster.run("import", cluster.file("faulty.cfg", FAULTY));
    assertRefused(result, "faulty.cfg has faults: nothing was written to etcd");
    assertThat(result.out()).contains("faulty.cfg:2:", "1 fault");
    assertThat(cluster.export()).isEqualTo(TEXT);
  }

  @Test
  void import_ofATextThatLostDatastores_mustBeMeant() throws Exception {
    assertOk(init(TEXT));
    Path empty = cluster.file("empty.cfg", "");
    Path cut = cluster.file("cut.cfg", TEXT.substring(0, TEXT.indexOf("# behind")));
    assertRefused(
        cluster.run("import", empty),
        "empty.cfg is empty: 2 datastores in etcd would be removed",
        "use --empty");
    assertRefused(cluster.run("import", cut), "cut.cfg is cut: 1 datastore in etcd", "use --cut");
    assertRefused(cluster.run("import", cut, "--empty"), "use --cut");
    assertThat(cluster.export()).isEqualTo(TEXT);
    assertOk(cluster.run("import", cut, "--cut"));
    assertOk(cluster.run("import", empty, "--empty"));
    assertThat(cluster.export()).isEmpty();
  }

  @Test
  void edit_writesTheEditedText() throws Exception {
    assertOk(init(TEXT));
    Shell.Result result = cluster.edit("echo \"$1\" >seen; sed -i 's/one/new/' \"$1\"", "");
    assertOk(result);
    assertThat(result.out()).contains("1 datastore changed, in 1 generation. Generation 2.");
    assertThat(cluster.export()).isEqualTo(TEXT.replace("one", "new"));
    Path edited = Path.of(Files.readString(directory.resolve("seen")).strip());
    assertThat(edited.getFileName()).hasToString("datastore.cfg");
    assertThat(edited.getParent()).doesNotExist();
  }

  @Test
  void edit_ofOneDatastore_showsItsSection() throws Exception {
    assertOk(init(TEXT));
    assertOk(cluster.edit("cp \"$1\" seen; sed -i 's/two/new/' \"$1\"", "", "other"));
    assertThat(directory.resolve("seen")).hasContent(section("other", "two"));
    assertThat(cluster.export()).isEqualTo(TEXT.replace("two", "new"));
    assertRefused(
        cluster.edit("true", "", "none"), "there is no datastore 'none' in etcd /datastored/main/");
    Shell.Result renamed = cluster.edit("sed -i 's/: other/: third/' \"$1\"", "n\n", "other");
    assertRefused(renamed, "the text has faults; nothing was changed in etcd. Your text is kept");
    assertThat(renamed.out()).contains("expected the section 'datastore: other' and nothing else");
    Shell.Result taken = cluster.edit("sed -i 's:/srv/other:/srv/main:' \"$1\"", "n\n", "other");
    assertThat(taken.out()).contains("path is the base path of datastore 'main' too");
    assertThat(taken.status()).isEqualTo(1);
  }

  @Test
  void edit_withoutAChange_changesNothing() throws Exception {
    assertOk(init(TEXT));
    long revision = etcd.revision();
    assertThat(cluster.edit("true", ""))
        .isEqualTo(new Shell.Result(0, "Nothing was changed.\n", ""));
    assertRefused(cluster.edit("exit 3", ""), "ended with status 3; nothing was changed");
    assertThat(etcd.revision()).isEqualTo(revision);
  }

  @Test
  void edit_withAFaultTwice_isEditedAgain_untilItHasNone() throws Exception {
    assertOk(init(TEXT));
    String script =
        "echo . >>times; case $(wc -l <times) in 1|2) sed -i 's:/srv/main:srv/main:' \"$1\" ;;"
            + " *) sed -i 's:srv/main:/srv/new:' \"$1\" ;; esac";
    Shell.Result result = cluster.edit(script, "\ny\n");
    assertOk(result);
    assertThat(result.out()).contains("Edit it again? [Y/n] ", "must be absolute");
    assertThat(directory.resolve("times")).hasContent(".\n.\n.");
    assertThat(cluster.export()).isEqualTo(TEXT.replace("/srv/main", "/srv/new"));
  }

  @Test
  void edit_givenUp_keepsTheText() throws Exception {
    assertOk(init(TEXT));
    String faulty = "sed -i 's:/srv/main:srv/main:' \"$1\"";
    assertKept(cluster.edit(faulty, "n\n"), "srv/main");
    assertKept(cluster.edit(faulty, ""), "srv/main");
    assertKept(cluster.edit("echo '# mine' >>\"$1\"; exit 1", ""), "# mine");
    Shell.Result emptied = cluster.edit("echo '# all gone' >\"$1\"", "n\n");
    assertThat(emptied.out()).contains("no datastore is left", "cluster import --empty");
    assertKept(emptied, "# all gone");
    assertThat(cluster.export()).isEqualTo(TEXT);
  }

  private static void assertKept(Shell.Result result, String text) throws IOException {
    Matcher kept = Pattern.compile("Your text is kept in (\\S+)").matcher(result.err());
    assertThat(kept.find()).as(result.toString()).isTrue();
    Path file = Path.of(kept.group(1));
    assertThat(Files.readString(file)).contains(text);
    assertThat(result.status()).isPositive();
    Files.delete(file);
    Files.delete(file.getParent());
  }

  /** The editor imports something else while it is open. */
  private Shell.Result editWhile(String other, String script, Object... words) throws Exception {
    ClusterSite colleague =
        new ClusterSite(
            Files.createTempDirectory(directory, "colleague"),
            "--etcd-endpoints",
            etcd.endpoint(),
            "--etcd-request-timeout",
            "20s");
    Path text = colleague.file("other.cfg", other);
    Thread import1 =
        new Thread(
            () -> {
              org.awaitility.Awaitility.await()
                  .until(() -> Files.exists(directory.resolve("open")));
              Shell.Result result = colleague.run("import", text);
              try {
                Files.writeString(directory.resolve("done"), result.toString());
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    import1.start();
    Shell.Result result =
        cluster.edit("touch open; until [ -e done ]; do sleep 0.02; done; " + script, "", words);
    import1.join();
    Files.delete(directory.resolve("open"));
    Files.delete(directory.resolve("done"));
    return result;
  }

  @Test
  void edit_whileSomebodyElseChangesIt_isNotWritten_andKept() throws Exception {
    assertOk(init(TEXT));
    String other = TEXT.replace("two", "theirs");
    Shell.Result result = editWhile(other, "sed -i 's/one/mine/' \"$1\"");
    assertRefused(
        result,
        "somebody else has changed the configuration meanwhile, it is at generation 2 now",
        "nothing was changed by this edit; edit again what is there now");
    assertKept(result, "mine");
    assertThat(cluster.export()).isEqualTo(other);
  }

  @Test
  void edit_ofOneDatastore_whileAnotherChanges_isWritten() throws Exception {
    assertOk(init(TEXT));
    String other = TEXT.replace("two", "theirs");
    assertOk(editWhile(other, "sed -i 's/one/mine/' \"$1\"", "main"));
    assertThat(cluster.export()).isEqualTo(other.replace("one", "mine"));
    Shell.Result same = editWhile(TEXT, "sed -i 's/mine/again/' \"$1\"", "main");
    assertRefused(same, "somebody else has changed datastore 'main' meanwhile");
    assertKept(same, "again");
    assertThat(cluster.export()).isEqualTo(TEXT);
  }

  @Test
  void edit_etcdGoesAway_keepsTheText() throws Exception {
    assertOk(init(TEXT));
    Thread away =
        new Thread(
            () -> {
              org.awaitility.Awaitility.await()
                  .until(() -> Files.exists(directory.resolve("open")));
              etcd.cutOff();
              try {
                Files.writeString(directory.resolve("done"), "");
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    away.start();
    Shell.Result result =
        cluster.edit(
            "touch open; until [ -e done ]; do sleep 0.02; done; echo '# mine' >>\"$1\"", "");
    away.join();
    assertThat(result.status()).isEqualTo(3);
    assertKept(result, "# mine");
    etcd.heal();
    assertThat(cluster.export()).isEqualTo(TEXT);
  }
}
