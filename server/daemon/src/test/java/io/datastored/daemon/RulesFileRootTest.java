package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.hash.Hashing;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.datastored.daemon.TestMachine.Result;
import io.datastored.v1.AccessServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.ExplainAccessRequest;
import io.datastored.v1.ServerStatus;
import io.datastored.v1.StatusRequest;
import io.datastored.v1.Trouble;
import io.datastored.v1.TroubleCause;
import io.grpc.ManagedChannel;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What becomes of the rules of a server of an ordinary user when something happens to their file.
 * Root makes it happen; a file without permissions is readable for root.
 */
@Tag("root")
final class RulesFileRootTest {

  private static final int ALICE = 54_321;
  private static final int BOB = 54_322;
  private static final String USER = "# Bob's\nallow uid:%d user main\n".formatted(BOB);

  private final EventLoopGroup loops = UserDoor.loops();
  private TestMachine machine;
  private Path rules;
  private Path audit;
  private String[] words;
  private Optional<ManagedChannel> channel = Optional.empty();

  /** What happens to the file. */
  enum Harm {
    UNREADABLE(" cannot be read: permission denied"),
    DIRECTORY(" is a directory"),
    REMOVED(" does not exist"),
    BROKEN(", line 2, column 17: 'boss' is not a role: reader, user, operator or admin");

    final String told;

    Harm(String told) {
      this.told = told;
    }

    void happen(Path file) throws IOException {
      Files.deleteIfExists(file);
      switch (this) {
        case UNREADABLE -> {
          Files.writeString(file, USER);
          Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        }
        case DIRECTORY -> Files.createDirectory(file);
        case REMOVED -> {}
        case BROKEN -> Files.writeString(file, USER.replace("user", "boss"));
      }
    }
  }

  @BeforeEach
  void begin() throws Exception {
    machine = TestMachine.start("rules-file");
    machine.shell(0, "install -d -o " + ALICE + " /run/datastored");
    rules = machine.directory().resolve("rules");
    audit = machine.home(ALICE).resolve("audit.log");
    words =
        machine.serve(
            ALICE, "alice", "--access=" + rules, "--access-check=50ms", "--audit-log=" + audit);
  }

  @AfterEach
  void end() throws Exception {
    channel.ifPresent(ManagedChannel::shutdownNow);
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    machine.close();
  }

  @Test
  void lastGoodRules_stayInForce_whateverHappensToTheFile_alsoOverARestart() throws Exception {
    Files.writeString(rules, USER);
    Process server = start("first");
    assertThat(machine.run(BOB, "lookup", "main", "write").status()).isZero();

    for (Harm harm : Harm.values()) {
      harm.happen(rules);
      String trouble =
          rules
              + harm.told
              + "; the last good rules stay in force. To see every fault, run: datastored check"
              + " --access "
              + rules;
      await().untilAsserted(() -> assertThat(trouble()).isEqualTo(trouble));
      assertThat(machine.read("first.err")).contains(trouble);
      assertThat(status().getAccessDigest()).isEqualTo(digest(USER));
      assertThat(ruleForBob()).isEqualTo("line 2 of " + rules + " (allow user)");
    }
    String shown = machine.succeed(ALICE, "status");
    assertThat(shown).contains("line 2, column 17: 'boss' is not a role");
    assertThat(machine.run(BOB, "lookup", "main", "write").status()).isZero();
    Result check = machine.run(ALICE, "check", "--access", rules.toString());
    assertThat(check.status()).isOne();
    assertThat(check.out() + check.err()).contains(rules + ":2:17: 'boss' is not a role");

    server.destroy();
    assertThat(server.waitFor(20, TimeUnit.SECONDS)).isTrue();
    start("second");
    assertThat(trouble()).contains("line 2, column 17");
    assertThat(ruleForBob()).isEqualTo("line 2 of " + rules + " (allow user)");

    String reader = USER.replace("user", "reader");
    Files.writeString(rules, reader);
    await().untilAsserted(() -> assertThat(status().getAccessDigest()).isEqualTo(digest(reader)));
    await().untilAsserted(() -> assertThat(trouble()).isEmpty());
    assertThat(machine.run(BOB, "lookup", "main", "write").status()).isEqualTo(1);

    // Only rules that came into force are in the audit log.
    await().untilAsserted(() -> assertThat(reloads()).hasSize(1));
    JsonObject reloaded = reloads().get(0);
    assertThat(reloaded.get("outcome").getAsString()).isEqualTo("ok");
    assertThat(reloaded.get("reason").getAsString()).endsWith("sha256 " + digest(reader));
    assertThat(reloaded.get("revision_after").getAsString()).matches("[0-9a-f]{16}/[0-9]+");
    assertThat(reloaded.has("principal")).isFalse();
  }

  @Test
  void firstStart_withoutGoodRules_isRefused() throws Exception {
    for (Harm harm : Harm.values()) {
      harm.happen(rules);
      Result start = machine.run(ALICE, words);
      assertThat(start.status()).as(harm.name()).isEqualTo(2);
      assertThat(start.err())
          .contains("datastored serve: the rules cannot be used: " + rules + harm.told)
          .endsWith("; to see every fault, run: datastored check --access " + rules + "\n");
      assertThat(start.out()).isEmpty();
    }
  }

  private Process start(String name) throws Exception {
    channel.ifPresent(ManagedChannel::shutdownNow);
    Process server = machine.serving(ALICE, name, words);
    channel =
        Optional.of(UserDoor.channel(machine.inside("/run/datastored/datastored.sock"), loops));
    return server;
  }

  private ServerStatus status() {
    return DatastoreServiceGrpc.newBlockingStub(channel.orElseThrow())
        .status(StatusRequest.getDefaultInstance())
        .getServer();
  }

  private String trouble() {
    return status().getTroublesList().stream()
        .filter(trouble -> trouble.getCause() == TroubleCause.TROUBLE_CAUSE_ACCESS)
        .findFirst()
        .map(Trouble::getMessage)
        .orElse("");
  }

  /** Which rule lets Bob write, or keeps him from it. */
  private String ruleForBob() {
    return AccessServiceGrpc.newBlockingStub(channel.orElseThrow())
        .explainAccess(
            ExplainAccessRequest.newBuilder()
                .setPrincipal("uid:" + BOB)
                .setVerb("write")
                .setDatastore("main")
                .build())
        .getRule();
  }

  private List<JsonObject> reloads() throws IOException {
    return Files.readAllLines(audit).stream()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .filter(line -> line.get("event").getAsString().equals("rules_reloaded"))
        .toList();
  }

  private static String digest(String text) {
    return Hashing.sha256().hashString(text, StandardCharsets.UTF_8).toString();
  }
}
