package io.datastored.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.cli.BackgroundCommand;
import io.datastored.cli.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules as an operator has them: a server, its file of rules, and the questions. */
final class AccessCommandTest {

  private static final String GOOD = "allow cn:backup user main\nallow * reader *\n";

  @TempDir Path directory;
  private Path rules;

  @BeforeEach
  void files() throws IOException {
    Files.writeString(directory.resolve("datastore.cfg"), "datastore: main\n\tpath /srv/main\n");
    rules = Files.writeString(directory.resolve("rules"), GOOD);
  }

  private Path socket() {
    return directory.resolve("s");
  }

  private BackgroundCommand serve(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "serve",
                "--config=" + directory.resolve("datastore.cfg"),
                "--state-dir=" + directory.resolve("state"),
                "--run-dir=" + directory.resolve("run"),
                "--listen=unix:" + socket(),
                "--access-check=20ms",
                "--grace=1s"));
    args.addAll(List.of(more));
    return new BackgroundCommand(args.toArray(String[]::new)).awaitOut(", revision ");
  }

  private Shell shell() {
    return new Shell().with("DATASTORED_SERVER", "unix:" + socket());
  }

  private Shell.Result explain(String... words) {
    List<String> args = new ArrayList<>(List.of("access", "explain"));
    args.addAll(List.of(words));
    return shell().run(args.toArray(String[]::new));
  }

  private void edit(String text) throws IOException {
    Path next = Files.writeString(directory.resolve("next"), text);
    Files.move(next, rules, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void explain_printsTheRoleAndTheRule_andItsStatusIsTheAnswer() {
    try (var server = serve("--access=" + rules)) {
      assertThat(explain("cn:backup", "write", "main"))
          .isEqualTo(
              new Shell.Result(
                  0,
                  """
                  cn:backup may write datastore 'main'
                  role    user
                  needed  user
                  rule    line 1 of %s (allow user)
                  """
                      .formatted(rules),
                  ""));
      assertThat(explain("cn:backup", "configure"))
          .isEqualTo(
              new Shell.Result(
                  1,
                  """
                  cn:backup may not configure the server
                  role    reader
                  needed  admin
                  rule    line 2 of %s (allow reader)
                  """
                      .formatted(rules),
                  ""));
      // This process's own user, over the socket.
      Shell.Result own = explain("administer");
      assertThat(own.status()).isZero();
      assertThat(own.out()).contains("built in: root and the server's own user are admins");
      assertThat(explain("cn:x", "see", "main", "--output=json").out())
          .contains("\"allowed\":true", "\"role\":\"reader\"");
      assertThat(explain("cn:x", "cn:y").status()).isEqualTo(2);
      assertThat(explain("see", "main", "other").status()).isEqualTo(2);
    }
  }

  @Test
  void rules_thatAreChanged_takeEffect_andBrokenOnesAreTrouble_alsoAfterARestart()
      throws IOException {
    try (var server = serve("--access=" + rules)) {
      assertThat(shell().run("status").out()).contains("rules digest ").doesNotContain("trouble");
      edit(GOOD.replace("user", "operator"));
      await().until(() -> explain("cn:backup", "maintain", "main").status() == 0);
      edit("allow cn:backup operator main\nallow * reder *\n");
      await()
          .untilAsserted(
              () ->
                  assertThat(shell().run("status").out())
                      .contains("trouble: " + rules + ", line 2, column 9: 'reder' is not a role"));
      assertThat(explain("cn:x", "see", "main").status()).isZero();
    }
    try (var server = serve("--access=" + rules)) {
      assertThat(shell().run("status").out()).contains("trouble: " + rules + ", line 2");
      assertThat(explain("cn:x", "see", "main").status()).isZero();
    }
  }

  @Test
  void firstStart_withBrokenRules_exitsWithTwo_andTellsWhere() throws IOException {
    edit("allow * reder *\n");
    Shell.Result result =
        new Shell()
            .run(
                "serve",
                "--config=" + directory.resolve("datastore.cfg"),
                "--state-dir=" + directory.resolve("state"),
                "--run-dir=" + directory.resolve("run"),
                "--listen=unix:" + socket(),
                "--access=" + rules);
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains(rules + ", line 1, column 9: 'reder' is not a role");
    assertThat(directory.resolve("state/state")).doesNotExist();
  }

  @Test
  void check_ofRules_tellsLineAndColumn() throws IOException {
    assertThat(new Shell().run("check", "--access=" + rules))
        .isEqualTo(new Shell.Result(0, rules + ": 2 rules, no faults\n", ""));
    assertThat(new Shell().input("allow * reder *\n").run("check", "--access=-"))
        .isEqualTo(
            new Shell.Result(
                1,
                "-:1:9: 'reder' is not a role: reader, user, operator or admin\n-: 1 fault\n",
                ""));
    assertThat(new Shell().input("x\n").run("check", "--access=-", "--output=json").out())
        .isEqualTo(
            "{\"file\":\"-\",\"rules\":0,\"faults\":[{\"line\":1,\"column\":2,\"message\":\"a rule has"
                + " four words, 'allow|deny WHO ROLE WHERE', and this line has 1\"}]}\n");
    Files.write(rules, new byte[] {'a', (byte) 0xff});
    assertThat(new Shell().run("check", "--access=" + rules).out())
        .startsWith(rules + ":1:2: the bytes from here on are not UTF-8\n");
    Shell.Result missing = new Shell().run("check", "--access=" + directory.resolve("none"));
    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.out()).isEqualTo(directory.resolve("none") + ": does not exist\n");
    assertThat(new Shell().run("check").status()).isEqualTo(2);
    assertThat(new Shell().run("check", "--who=cn:x", "x.cfg").status()).isEqualTo(2);
  }

  @Test
  void check_withWho_printsTheRoleForEachDatastore() {
    String config = directory.resolve("datastore.cfg").toString();
    Shell.Result result = new Shell().run("check", config, "--access=" + rules, "--who=cn:backup");
    assertThat(result.status()).isZero();
    assertThat(result.out().lines().skip(3))
        .containsExactly(
            "cn:backup  (server)   reader  line 2 of %s (allow reader)".formatted(rules),
            "cn:backup  main       user    line 1 of %s (allow user)".formatted(rules));
    assertThat(
            new Shell()
                .run("check", config, "--access=" + rules, "--who=cn:backup", "--output=json")
                .out())
        .contains("{\"principal\":\"cn:backup\",\"datastore\":\"main\",\"role\":\"user\",");
    assertThat(new Shell().run("check", "--access=" + rules, "--who=backup").status()).isEqualTo(2);
  }
}
