package io.datastored.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.base.Splitter;
import com.google.protobuf.util.Durations;
import io.datastored.cli.flag.Connection;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.ServerAddress;
import io.datastored.soak.Patience;
import io.datastored.testkit.JavaCommand;
import io.datastored.v1.Holder;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.OpenSessionResponse;
import io.grpc.InsecureChannelCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does with a server, from the installation to the incident. */
@Tag("long")
final class OperatorStoriesTest {

  private static final Pattern ADDRESS = Pattern.compile(" on (127\\.0\\.0\\.1:\\d+)");
  private static final String CONFIG =
      """
      datastore: main
      	path /srv/main

      datastore: archive
      	path /srv/archive
      	comment cold data
      """;

  @TempDir Path directory;
  private Path config;
  private BackgroundCommand server;
  private String address;
  private Shell shell;

  @BeforeEach
  void start() throws IOException {
    config = Files.writeString(directory.resolve("datastore.cfg"), CONFIG);
    serve("127.0.0.1:0");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void serve(String listen) {
    server = new BackgroundCommand(serving(listen).toArray(String[]::new));
    server.awaitOut(", revision ");
    Matcher found = ADDRESS.matcher(server.out());
    assertThat(found.find()).as(server.out()).isTrue();
    address = found.group(1);
    shell = new Shell().with("DATASTORED_SERVER", address);
  }

  private List<String> serving(String listen) {
    return List.of(
        "serve",
        "--config=" + config,
        "--state-dir=" + directory.resolve("state"),
        "--run-dir=" + directory.resolve("run-dir"),
        "--listen=" + listen,
        "--grace=1s",
        "--open",
        "--no-earlier-leases");
  }

  /** The command in a process of its own, which prints into files of that name. */
  private Process process(String name, List<String> args) throws IOException {
    return new ProcessBuilder(JavaCommand.of(Datastored.class, args.toArray()))
        .redirectOutput(directory.resolve(name + ".out").toFile())
        .redirectError(directory.resolve(name + ".err").toFile())
        .start();
  }

  private BackgroundCommand background(String... args) {
    var all = new ArrayList<>(List.of(args));
    all.add("--server=" + address);
    return new BackgroundCommand(all.toArray(String[]::new));
  }

  /** Keeps a lease of a few seconds, as some agent would. */
  private BackgroundCommand holder(String purpose) {
    BackgroundCommand holder =
        background("lookup", "main", "write", "--hold=1h", "--ttl=6s", "--purpose=" + purpose);
    return holder.awaitErr("The lease is held");
  }

  private Shell.Result succeed(String... args) {
    Shell.Result result = shell.run(args);
    assertThat(result.status()).as(result.toString()).isZero();
    return result;
  }

  private void edit(String text) throws IOException {
    Path next = Files.writeString(directory.resolve("datastore.cfg.swp"), text);
    Files.move(next, config, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Runs a command that another one has printed. */
  private Shell.Result type(String printed) {
    String command = printed.substring(printed.indexOf("datastored ") + "datastored ".length());
    return succeed(
        Splitter.on(' ')
            .splitToList(command.lines().findFirst().orElseThrow())
            .toArray(String[]::new));
  }

  @Test
  void unreadableMode_isShownAsWritten_whereverAModeIsShown() throws IOException {
    edit(CONFIG + "\tmaintenance-mode paused,message=swap\n");
    await().until(() -> shell.run("lookup", "archive", "read").status() != 0);

    String unreadable = "unreadable 'paused'";
    assertThat(succeed("list").out())
        .containsPattern("archive +" + unreadable)
        .containsPattern("main +none");
    assertThat(succeed("status").out())
        .containsPattern("archive +" + unreadable)
        .contains("fault in line 7")
        .doesNotContain("not served");
    assertThat(succeed("status", "archive").out())
        .contains(unreadable + " \"swap\"", "it is served closed to read and write");
    assertThat(succeed("get", "archive").out()).contains(unreadable + " \"swap\"");
    assertThat(shell.run("lookup", "archive", "read").err())
        .contains("archive refuses read: maintenance mode " + unreadable + " \"swap\" since");
    assertThat(succeed("maintenance", "drain", "archive").out())
        .contains("nobody can until mode " + unreadable + " is changed");

    String json = "\"asWritten\":\"paused\"";
    for (String command : List.of("list", "status", "status archive", "get archive")) {
      List<String> words = new ArrayList<>(Splitter.on(' ').splitToList(command));
      words.add("--output=json");
      assertThat(succeed(words.toArray(String[]::new)).out()).as(command).contains(json);
    }
    assertThat(shell.run("lookup", "archive", "read", "--output=json").out())
        .contains("\"as_written\":\"paused\"");
    try (BackgroundCommand watch = background("watch")) {
      watch.awaitOut("archive is there: mode " + unreadable);
      edit(CONFIG + "\tmaintenance-mode stopped\n");
      watch.awaitOut(unreadable + " \"swap\" -> unreadable 'stopped'");
    }
  }

  @Test
  void story1_install_statusListsEveryDatastore_andNothingElseIsChanged() throws IOException {
    Shell.Result status = succeed("status");
    assertThat(status.out())
        .contains("serving", "digest ")
        .containsPattern("DATASTORE +MODE +GEN")
        .containsPattern("archive +none +\\d")
        .containsPattern("main +none +\\d");
    assertThat(Files.readString(config)).isEqualTo(CONFIG);
  }

  @Test
  void story2_firstClient_getsALease_andGivesItBack() {
    assertThat(succeed("lookup", "main", "write").out())
        .contains("main: write granted", "fencing token", "revision", "released");
    assertThat(succeed("leases").out().lines()).as("only the headings").hasSize(1);
  }

  @Test
  void story4_badConfig_goesOnWithTheLastGoodVersion_andShowsLineAndColumn() throws IOException {
    edit(CONFIG + "\tverify-new perhaps\n");
    await()
        .untilAsserted(
            () ->
                assertThat(succeed("status", "archive").out())
                    .containsPattern("fault +line 7, column \\d+: .*perhaps")
                    .contains("the last good version is served"));
    assertThat(succeed("status").out()).contains("fault in line 7");
    succeed("lookup", "archive", "write");
    edit(CONFIG);
    await()
        .untilAsserted(
            () -> assertThat(succeed("status", "archive").out()).doesNotContain("fault"));
  }

  @Test
  void story6_plannedMaintenance_isAskedFirst_thenCountsDownToDrained() {
    try (var writer = holder("nightly backup")) {
      assertThat(succeed("maintenance", "set", "main", "read-only", "--drain", "--dry-run").out())
          .contains("main would be read-only instead of none", "1 write in the way")
          .contains("\"nightly backup\"");
      succeed("lookup", "main", "write");
      try (var drain =
          background(
              "maintenance",
              "set",
              "main",
              "read-only",
              "--message=disk swap",
              "--drain",
              "--timeout=10m")) {
        drain.awaitOut("waits for write lease").awaitOut("\"nightly backup\"");
        assertThat(shell.run("lookup", "main", "write").err())
            .contains("main refuses write: maintenance mode read-only \"disk swap\"");
        succeed("lookup", "main", "read");
        assertThat(succeed("status", "main").out())
            .containsPattern("drained +no: waits for 1 lease");
        assertThat(writer.stop()).isZero();
        assertThat(drain.awaitStatus()).as(drain.toString()).isZero();
        assertThat(drain.out()).contains("main: DRAINED after");
      }
    }
    assertThat(succeed("status", "main").out()).containsPattern("drained +yes");
    succeed("maintenance", "clear", "main");
    succeed("lookup", "main", "write");
  }

  @Test
  void story7_aBlocker_isNamed_andEndedByForce() {
    try (var writer = holder("verify vm/100")) {
      succeed("maintenance", "set", "main", "offline");
      Shell.Result timedOut = shell.run("maintenance", "drain", "main", "--timeout=200ms");
      assertThat(timedOut.status()).as(timedOut.toString()).isEqualTo(6);
      assertThat(timedOut.out())
          .contains(
              "waits for write lease of ", "\"verify vm/100\"", "TIMED OUT", "mode is still set");
      Shell.Result drained = succeed("maintenance", "drain", "main", "--force");
      assertThat(drained.out()).contains("DRAINED");
      assertThat(writer.awaitStatus()).isEqualTo(1);
      assertThat(writer.err()).contains("has ended");
    }
    assertThat(succeed("get", "main").out()).containsPattern("since +.*, set by ");
  }

  @Test
  void story8_changeMyMind_ctrlCLeavesTheMode_andThePrintedCommandBringsTheOldOneBack() {
    succeed("maintenance", "set", "main", "read-only", "--message=audit");
    try (var writer = background("lookup", "main", "read", "--hold=1h", "--ttl=1m")) {
      writer.awaitErr("The lease is held");
      try (var drain = background("maintenance", "set", "main", "offline", "--drain")) {
        drain.awaitOut("waits for read lease");
        assertThat(drain.stop()).isEqualTo(130);
        assertThat(succeed("get", "main").out()).containsPattern("mode +offline");
        type(drain.err());
      }
      assertThat(succeed("get", "main").out()).containsPattern("mode +read-only \"audit\"");
      succeed("lookup", "main", "read");
    }
  }

  @Test
  void story8_undo_ofAModeThatSomebodyElseHasChanged_isRefused() {
    String undo = succeed("maintenance", "set", "main", "offline").out();
    succeed("maintenance", "clear", "main");
    succeed("maintenance", "set", "main", "offline", "--message=mine");
    String command = undo.substring(undo.indexOf("datastored maintenance")).strip();
    Shell.Result result =
        shell.run(
            Splitter.on(' ')
                .splitToStream(command.substring("datastored ".length()))
                .toArray(String[]::new));
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("main was changed by somebody else");
  }

  @Test
  void story9_upgrade_leasesAndWatchesOutliveARestart() {
    try (var writer = holder("nightly backup");
        var watch = background("watch", "main")) {
      watch.awaitOut("1 datastore");
      assertThat(server.stop()).isZero();
      serve(address);
      watch.awaitOut("connected again; nothing has changed");
      assertThat(succeed("leases").out().lines()).isNotEmpty();
      await()
          .untilAsserted(
              () -> assertThat(succeed("leases").out()).contains("write", "nightly backup"));
      succeed("lookup", "main", "write");
      assertThat(writer.stop()).as(writer.toString()).isZero();
      assertThat(watch.out()).doesNotContain("all sent again");
    }
  }

  @Test
  void story9_upgrade_aCommandThatRunsUnderALease_goesOn_untilForceEndsIt() throws Exception {
    Path out = directory.resolve("run.out");
    Path err = directory.resolve("run.err");
    // Servers of their own processes: the counts of one are gone with its process.
    server.close();
    Process first = process("first", serving(address));
    await().until(() -> Files.readString(directory.resolve("first.out")).contains(", revision "));
    Process run =
        process(
            "run",
            List.of(
                "run",
                "--server=" + address,
                "--ttl=15s",
                "--purpose=nightly restic",
                "main",
                "write",
                "--",
                "sh",
                "-c",
                "trap 'echo cleaned; exit 9' TERM; echo ready; while :; do sleep 0.05; done"));
    Process second = run;
    try {
      await().until(() -> Files.readString(out).contains("ready"));
      first.destroyForcibly().waitFor();
      second = process("second", serving(address));
      await().until(() -> Files.readString(err).contains("the lease continues"));
      succeed("maintenance", "set", "main", "offline");
      assertThat(succeed("maintenance", "drain", "main", "--force").out())
          .contains("\"nightly restic\"", "DRAINED");
      assertThat(run.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(run.exitValue()).isEqualTo(ExitStatus.RUN_WITHOUT_LEASE.code());
      assertThat(Files.readString(out)).endsWith("cleaned\n");
      assertThat(Files.readString(err)).contains("LEASE LOST");
    } finally {
      run.destroyForcibly();
      first.destroyForcibly();
      second.destroyForcibly();
    }
  }

  @Test
  void story13_halfTheFleetIsStale_sessionsTellWhoIsBehind_andWhomADrainWaitsFor() {
    var credentials = InsecureChannelCredentials.create();
    try (Connection client =
        Connection.open(ServerAddress.parse(address), credentials, Duration.ofSeconds(5))) {
      OpenSessionResponse opened =
          client
              .sessions()
              .openSession(
                  OpenSessionRequest.newBuilder()
                      .setSessionId("rack4")
                      .setCaches(true)
                      .setTtl(Durations.fromSeconds(6))
                      .setHolder(Holder.newBuilder().setClient("agent").setHost("b4"))
                      .build());
      client
          .sessions()
          .keepAlive(
              KeepAliveRequest.newBuilder()
                  .setSessionId("rack4")
                  .setApplied(opened.getRevision())
                  .build());
      assertThat(succeed("sessions", "--datastore=main").out().lines()).hasSize(1);
      succeed("maintenance", "set", "main", "offline");
      assertThat(succeed("sessions", "--datastore=main").out())
          .containsPattern(
              "agent@b4 .* " + opened.getRevision().getGeneration() + " +\\d+s +rack4");
      // Its stream is up but silent: it is not waited for beyond its ttl.
      assertThat(succeed("maintenance", "drain", "main").out())
          .contains("session of agent on b4", "DRAINED");
    }
  }

  @Test
  void removal_isRefusedWhileInUse_andThenLeavesTheDataAlone() throws IOException {
    assertThat(shell.run("delete", "main").err())
        .contains("main is not in mode delete. First: datastored maintenance set main delete");
    try (var writer = holder("copy to b18")) {
      succeed("maintenance", "set", "main", "delete", "--message=moved to b18");
      assertThat(shell.run("delete", "main").err()).contains("main is in use: 1 operations");
      Shell.Result stays = shell.run("maintenance", "clear", "main");
      assertThat(stays.status()).isEqualTo(1);
      assertThat(stays.err()).contains("\"moved to b18\"", "set by ", "--etag ");
      assertThat(writer.stop()).isZero();
    }
    succeed("maintenance", "drain", "main");
    succeed("delete", "main");
    assertThat(Files.readString(config)).doesNotContain("datastore: main").contains("archive");
    assertThat(shell.run("delete", "main").status()).isEqualTo(1);
    succeed("delete", "main", "--allow-missing");
  }
}
