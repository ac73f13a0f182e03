package io.datastored.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.cli.BackgroundCommand;
import io.datastored.cli.Shell;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as a user has them: a server, its file, and the clients. */
final class ServeCommandTest {

  private static final Pattern ADDRESS = Pattern.compile(" on (127\\.0\\.0\\.1:\\d+)");

  @TempDir Path directory;
  private Path config;

  @BeforeEach
  void writeConfig() throws IOException {
    config =
        Files.writeString(
            directory.resolve("datastore.cfg"),
            """
            datastore: main
            	path /srv/main

            datastore: archive
            	path /srv/archive
            	maintenance-mode read-only,message=audit
            """);
  }

  private String[] serve(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "serve",
                "--config=" + config,
                "--state-dir=" + directory.resolve("state"),
                "--run-dir=" + directory.resolve("run"),
                "--listen=127.0.0.1:0",
                "--open",
                "--grace=1s"));
    args.addAll(List.of(more));
    return args.toArray(String[]::new);
  }

  private static String addressOf(BackgroundCommand server) {
    server.awaitOut(", revision ");
    Matcher address = ADDRESS.matcher(server.out());
    assertThat(address.find()).as(server.out()).isTrue();
    return address.group(1);
  }

  private void edit(String old, String present) throws IOException {
    Path next = directory.resolve("next");
    Files.writeString(next, Files.readString(config).replace(old, present));
    Files.move(next, config, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void serve_printsOneReadyLine_answersLookups_andStopsInOrder() {
    try (var server = new BackgroundCommand(serve())) {
      String address = addressOf(server);
      assertThat(server.out().lines()).hasSize(1);
      assertThat(server.out()).contains("serves 2 datastores of " + config);
      Shell shell = new Shell().with("DATASTORED_SERVER", address);

      assertThat(shell.run("lookup", "main", "write").status()).isZero();
      Shell.Result refused = shell.run("lookup", "archive", "write");
      assertThat(refused.status()).isEqualTo(1);
      assertThat(refused.err())
          .contains("archive refuses write: maintenance mode read-only \"audit\"");
      Shell.Result unknown = shell.run("lookup", "nowhere");
      assertThat(unknown.status()).isEqualTo(1);
      assertThat(unknown.err()).contains("There is no datastore nowhere");
      assertThat(shell.run("lookup", "x", "read").status()).isEqualTo(2);

      assertThat(server.stop()).isZero();
      assertThat(shell.run("lookup", "main").status()).isEqualTo(3);
    }
  }

  @Test
  void watch_isToldOfAnEdit_andOutlivesARestart() throws IOException {
    try (var server = new BackgroundCommand(serve())) {
      String address = addressOf(server);
      try (var watch = new BackgroundCommand("watch", "--server", address, "--view=full", "ma*")) {
        watch.awaitOut("main is there");
        edit("path /srv/main", "path /srv/main\n\tcomment new");
        watch.awaitOut("main comment unset -> \"new\"");
        assertThat(watch.out()).doesNotContain("archive");
        assertThat(server.stop()).isZero();
        watch.awaitErr("Retrying in");
        try (var again = new BackgroundCommand(serve("--listen=" + address))) {
          watch.awaitOut("connected again; nothing has changed");
          edit("comment new", "comment newer");
          watch.awaitOut("main comment \"new\" -> \"newer\"");
          assertThat(again.stop()).isZero();
        }
      }
    }
  }

  @Test
  void serve_pageIsRemoved_isNotHealthy_endsTheWatches_andEndsWithSeven() throws IOException {
    try (var server = new BackgroundCommand(serve())) {
      String address = addressOf(server);
      try (var watch = new BackgroundCommand("watch", "--server", address, "main")) {
        watch.awaitOut("main is there");
        Files.delete(directory.resolve("run").resolve("page"));
        assertThat(server.awaitStatus()).isEqualTo(7);
        watch.awaitErr("Retrying in");
      }
      try (var again = new BackgroundCommand(serve("--listen=" + address))) {
        addressOf(again);
        assertThat(new Shell().run("lookup", "--server", address, "main").status()).isZero();
        assertThat(again.stop()).isZero();
      }
    }
  }

  @Test
  void serve_countersAreRemoved_endsWithSeven() throws IOException {
    try (var server = new BackgroundCommand(serve())) {
      addressOf(server);
      try (DirectoryStream<Path> counters =
          Files.newDirectoryStream(directory.resolve("run"), "*.counters")) {
        for (Path file : counters) {
          Files.delete(file);
        }
      }
      assertThat(server.awaitStatus()).isEqualTo(7);
    }
  }

  @Test
  void serve_ofAFaultyFile_tellsTheFault_andServesTheRest() throws IOException {
    edit("path /srv/main", "comment nothing else");
    try (var server = new BackgroundCommand(serve())) {
      addressOf(server);
      assertThat(server.out())
          .contains(config + ": line ", "path", "(main is not served)", "serves 1 datastore of ");
    }
  }

  @Test
  void serve_onAnAddressInUse_endsWithFive() throws IOException {
    Path other = Files.copy(config, directory.resolve("other.cfg"));
    try (var server = new BackgroundCommand(serve())) {
      String address = addressOf(server);
      Shell.Result second =
          new Shell()
              .run(
                  "serve",
                  "--config=" + other,
                  "--state-dir=" + directory.resolve("state2"),
                  "--run-dir=" + directory.resolve("run2"),
                  "--listen=" + address);
      assertThat(second.status()).isEqualTo(5);
      assertThat(second.err().lines()).hasSize(1);
      assertThat(second.err()).contains(address);
    }
  }

  @Test
  void serve_ofAStateDirectoryInUse_endsWithFive() {
    try (var server = new BackgroundCommand(serve())) {
      addressOf(server);
      Shell.Result second = new Shell().run(serve());
      assertThat(second.status()).isEqualTo(5);
      assertThat(second.err().lines()).hasSize(1);
      assertThat(second.err()).contains(directory.resolve("state").toString());
    }
  }

  @Test
  void serve_beyondThisHost_withoutTls_isAUsageError() {
    Shell.Result result = new Shell().run(serve("--listen=0.0.0.0:0"));
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("--insecure");
  }

  @Test
  void serve_ofWhatIsNoFile_endsWithFive() throws IOException {
    Files.delete(config);
    Files.createDirectory(config);
    Shell.Result result = new Shell().run(serve());
    assertThat(result.status()).isEqualTo(5);
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.err()).contains(config.toString()).doesNotContain("Exception");
  }

  @Test
  void serve_ofAFileThatHasVanished_endsWithFive_andSaysWhatToDo() throws IOException {
    try (var server = new BackgroundCommand(serve())) {
      addressOf(server);
      assertThat(server.stop()).isZero();
    }
    Files.delete(config);
    Shell.Result result = new Shell().run(serve());
    assertThat(result.status()).isEqualTo(5);
    assertThat(result.err()).contains(config + " is missing: restore it, or create an empty file");
  }

  /** Reading a pipe would wait for somebody who writes into it, for ever. */
  @Test
  void serve_ofAPipe_endsWithFive() throws Exception {
    Files.delete(config);
    assertThat(new ProcessBuilder("mkfifo", config.toString()).start().waitFor()).isZero();
    Shell.Result result = new Shell().run(serve());
    assertThat(result.status()).isEqualTo(5);
    assertThat(result.err()).contains(config.toString(), "it is not a regular file");
  }

  @Test
  void serve_withAStateDirectoryThatIsAFile_endsWithFive_andSaysSo() {
    Shell.Result result = new Shell().run("serve", "--config=" + config, "--state-dir=" + config);
    assertThat(result.status()).isEqualTo(5);
    assertThat(result.err())
        .contains(config.toString(), "a part of the path is not a directory")
        .doesNotContain("Exception");
  }

  private static String[] with(String[] flags, String more) {
    return Stream.concat(Arrays.stream(flags), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void serve_withOptionsThatContradict_isAUsageError() {
    Shell.Result result = new Shell().run(serve("--settle=10s", "--settle-limit=1s"));
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err())
        .contains("(--settle, --settle-limit)", "settle must be between 0 and settleLimit");
    assertThat(new Shell().run(serve("--tls-cert=x.pem")).status()).isEqualTo(2);
  }

  @Test
  void serve_withARuleForCertificatesThatCannotBe_isAUsageError() {
    for (List<String> flags :
        List.of(
            List.of("--tls-client-ca=ca.pem", "needs --tls-cert"),
            List.of("--tls-client-auth=request", "--tls-client-auth needs --tls-client-ca"),
            List.of("--spiffe-trust-domain=a", "--spiffe-trust-domain needs --tls-client-ca"))) {
      Shell.Result result = new Shell().run(serve(flags.get(0)));
      assertThat(result.status()).as(flags.get(0)).isEqualTo(2);
      assertThat(result.err()).contains(flags.get(1));
    }
    String[] tls = {"--tls-cert=c.pem", "--tls-key=k.pem", "--tls-client-ca=ca.pem"};
    assertThat(new Shell().run(serve(with(tls, "--tls-client-auth=none"))).err())
        .contains("--tls-client-auth", "clients are not asked for certificates");
    assertThat(new Shell().run(serve(with(tls, "--spiffe-trust-domain=spiffe://a"))).err())
        .contains("'spiffe://a' is not a trust domain");
    assertThat(new Shell().run(serve(with(tls, "--tls-client-auth=maybe"))).err())
        .contains("none, request, require");
  }

  @Test
  void serve_withALimitThatCannotBe_isAUsageError() {
    for (String limit :
        List.of(
            "--max-sessions=0",
            "--max-session-leases=0",
            "--max-keep-alives=0",
            "--max-drains=0",
            "--session-ttl=2m",
            "--max-session-ttl=25h",
            "--max-watchers=0",
            "--lease-ttl=11m",
            "--digest-check=0s",
            "--drain-poll=0ms",
            "--drain-progress=1ms")) {
      Shell.Result result = new Shell().run(serve(limit));
      assertThat(result.status()).as(limit).isEqualTo(2);
      assertThat(result.err())
          .contains("Invalid value (", limit.substring(0, limit.indexOf('=')))
          .doesNotContain("error of the program");
    }
  }

  @Test
  void serve_withALimitBelowOne_isAUsageError() {
    for (String limit : List.of("--max-request=-5", "--max-streams=0")) {
      Shell.Result result = new Shell().run(serve(limit));
      assertThat(result.status()).as(limit).isEqualTo(2);
      assertThat(result.err()).contains("below 1").doesNotContain("error of the program");
    }
  }

  @Test
  void serve_withTlsFilesThatAreNotThere_namesTheFirst() {
    Path missing = directory.resolve("missing.pem");
    Shell.Result result = new Shell().run(serve("--tls-cert=" + missing, "--tls-key=" + missing));
    assertThat(result.status()).isEqualTo(5);
    assertThat(result.err()).endsWith("there is no TLS file " + missing + "\n");
  }

  @Test
  void serve_takesItsOptionsFromTheEnvironment() {
    Shell.Result result =
        new Shell()
            .with("DATASTORED_CONFIG", config.toString())
            .with("DATASTORED_LISTEN", "nonsense")
            .run("serve");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("DATASTORED_LISTEN").doesNotContain("missing");
  }

  @Test
  void serve_withAnOptionsFile_isBelowTheCommandLineAndTheEnvironment() throws IOException {
    Path options = directory.resolve("options");
    Files.writeString(
        options, "config = %s\ngrace = 2s\nlisten = 127.0.0.1:0\nopen = true\n".formatted(config));
    String[] words = {
      "serve", "--options=" + options, "--state-dir=" + directory.resolve("state"), "--grace=1s"
    };
    try (var server = new BackgroundCommand(words)) {
      String address = addressOf(server);
      assertThat(new Shell().run("lookup", "--server", address, "main", "write").status()).isZero();
      assertThat(server.stop()).isZero();
    }
    Files.writeString(options, "config = %s\n  max-leases = many\n".formatted(config));
    assertThat(new Shell().run(words).err())
        .isEqualTo(
            "datastored serve: %s:2:3: Invalid value for option '--max-leases': 'many' is not a whole number (see 'datastored serve --help')\n"
                .formatted(options));
    Files.writeString(options, "config = %s\nsettle = 5s\nsettle-limit = 1s\n".formatted(config));
    assertThat(new Shell().run(words).err())
        .startsWith("datastored serve: %s:2:1: Invalid value (--settle,".formatted(options));
    assertThat(new Shell().with("DATASTORED_SETTLE", "6s").run(words).err())
        .startsWith("datastored serve: %s:3:1: Invalid value (--settle,".formatted(options));
  }
}
