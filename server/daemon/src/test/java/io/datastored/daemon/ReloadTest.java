package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGHUP, as an operator sends it. */
final class ReloadTest {

  @TempDir Path directory;

  private void hangUp(ServerProcess server) throws Exception {
    Process kill = new ProcessBuilder("kill", "-HUP", Long.toString(server.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  private Path options(String text) throws IOException {
    return Files.writeString(directory.resolve("options"), text);
  }

  @Test
  void hangUp_appliesWhatCanBe_andNamesWhatNeedsARestart() throws Exception {
    Files.writeString(directory.resolve("datastore.cfg"), "datastore: main\n\tpath /srv/main\n");
    Path options = options("log-level = warn\nmax-leases = 5000\nmax-watchers = 70\n");
    try (ServerProcess server =
        ServerProcess.start(
            // Below nohup a process ignores the signal, and Java leaves it so.
            List.of("env", "--default-signal=HUP"),
            directory,
            List.of(),
            "--options=" + options,
            "--max-watchers=60",
            "--digest-check=1h",
            "--file-watching=off")) {
      assertThat(server.err()).as("level warn").doesNotContain("serving");
      options("log-level = info\nmax-leases = 6000\nmax-watchers = 80\n");
      hangUp(server);
      await().until(() -> server.err().contains("reloaded"));
      assertThat(server.err())
          .contains("--log-level changed before=\"warn\" now=\"info\"")
          .contains(
              "--max-leases changed: restart the server to apply it in_force=\"5000\" now=\"6000\"")
          .as("the command line wins")
          .doesNotContain("--max-watchers");

      options("max-lease = 6000\n");
      hangUp(server);
      await()
          .until(
              () ->
                  server
                      .err()
                      .contains(
                          "the options file cannot be used, the options in force stay: %s:1:1: unknown option 'max-lease'; did you mean 'max-leases'?"
                              .formatted(options)));
      server.terminate();
      assertThat(server.awaitExit(20)).isZero();
    }
  }
}
