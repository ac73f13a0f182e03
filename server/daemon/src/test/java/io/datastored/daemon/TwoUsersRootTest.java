package io.datastored.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.daemon.TestMachine.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two users of one machine, one of whom starts a server as the README says: what each can do, and
 * what not.
 */
@Tag("root")
final class TwoUsersRootTest {

  private static final int ALICE = 54_321;
  private static final int BOB = 54_322;

  private TestMachine machine;

  /** How Bob calls Alice's server, and who he is there. */
  private List<String> way;

  private String who;

  @BeforeEach
  void startMachine() throws Exception {
    machine = TestMachine.start("two-users");
  }

  @AfterEach
  void stopMachine() throws Exception {
    machine.close();
  }

  @Test
  void socketInRun_isForBoth() throws Exception {
    machine.shell(0, "install -d -o " + ALICE + " /run/datastored");
    machine.start(ALICE, "alice");
    way = List.of();
    who = "uid:" + BOB;
    play();
  }

  @Test
  void socketOfAnOrdinaryUser_isForHer_andOthersUseTcp() throws Exception {
    machine.start(ALICE, "alice");
    Result status = machine.run(BOB, "status");
    assertThat(status.status()).isEqualTo(3);
    assertThat(status.err()).contains("or give the address of a server that runs: --server");
    way = List.of("--server=127.0.0.1:7400");
    who = "anonymous";
    bobMay("lookup", "main", "write");
    assertThat(bobMay("leases")).endsWith("leases of others are shown to operators\n");
    bobMayNot("maintain", "maintenance", "set", "main", "offline");
    bobMayNot("configure", "update", "main", "--path=/home/bob");
  }

  private void play() throws Exception {
    Path files = machine.directory().resolve("alice.files");
    String before = Files.readString(files.resolve("datastore.cfg"));
    Process backup =
        machine.datastored(
            ALICE,
            "backup",
            "run",
            "main",
            "write",
            "--purpose=nightly",
            "--",
            "sh",
            "-c",
            "echo started; exec sleep 600");
    try {
      await().until(() -> machine.read("backup.out").contains("started"));

      // Bob works.
      bobMay("lookup", "main", "read");
      assertThat(bobMay("run", "main", "write", "--", "sh", "-c", "echo \"$DATASTORED_PATH\""))
          .isEqualTo(files + "\n");
      // He is not shown who else does, and is told so.
      assertThat(bobMay("status"))
          .contains("how it is used, and what is wrong with it, is shown to operators")
          .doesNotContain("0 leases")
          .containsPattern("main +none +1 +- +- +- ");
      assertThat(bobMay("leases"))
          .doesNotContain("nightly")
          .endsWith("leases of others are shown to operators\n");
      // He changes nothing.
      bobMayNot("maintain", "maintenance", "set", "main", "offline");
      bobMayNot("maintain", "maintenance", "drain", "main", "--force");
      bobMayNot("configure", "update", "main", "--path=/home/bob");
      Process read =
          machine.process(BOB, "read", List.of("cat", files.resolve("state/state").toString()));
      assertThat(read.waitFor()).isNotZero();
      assertThat(machine.read("read.err")).contains("Permission denied");

      // Alice does, and is shown all.
      assertThat(machine.succeed(ALICE, "status")).contains("1 session, 1 lease");
      assertThat(machine.succeed(ALICE, "leases")).contains("nightly");
      assertThat(
              machine.succeed(
                  ALICE, "maintenance", "set", "main", "read-only", "--drain", "--dry-run"))
          .contains("A drain would wait for: 1 write in the way", "\"nightly\"");
      assertThat(Files.readString(files.resolve("datastore.cfg"), UTF_8)).isEqualTo(before);
      machine.succeed(ALICE, "update", "main", "--comment=by Alice");
      assertThat(Files.readString(files.resolve("datastore.cfg"), UTF_8)).contains("by Alice");
    } finally {
      backup.destroyForcibly();
    }
  }

  /** Adds the way to the server before the words of another program. */
  private Result bob(List<String> words) throws Exception {
    var all = new ArrayList<>(words);
    int command = all.indexOf("--");
    all.addAll(command < 0 ? all.size() : command, way);
    return machine.run(BOB, all.toArray(String[]::new));
  }

  private String bobMay(String... words) throws Exception {
    Result result = bob(List.of(words));
    assertThat(result.status()).as("%s: %s", List.of(words), result.err()).isZero();
    return result.out();
  }

  private void bobMayNot(String verb, String... words) throws Exception {
    Result result = bob(List.of(words));
    assertThat(result.status()).as("%s", List.of(words)).isOne();
    assertThat(result.err())
        .contains(who + " may not " + verb + " main on ")
        .endsWith("see 'datastored access explain " + verb + " main'.\n");
  }
}
