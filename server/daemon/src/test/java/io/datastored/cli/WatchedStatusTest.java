package io.datastored.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.v1.Datastore;
import io.datastored.v1.ServerStatus;
import io.datastored.v1.StatusResponse;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code status --watch} on a terminal of 80 columns and 24 rows, which script(1) provides. */
final class WatchedStatusTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"113,0", "3,130"}) // q and Ctrl-C
  void watch_leavesTheTerminalAsItWas(int key, int status) throws Exception {
    try (var server = new ScriptedServer()) {
      server.onStatus(request -> manyDatastores());
      String shown = onATerminal(server.address(), key);
      String frame =
          shown.substring(shown.lastIndexOf("\u001b[H"), shown.lastIndexOf("\u001b[?7h"));
      List<String> rows = frame.replaceAll("\u001b\\[[KH]|\r", "").lines().toList();
      assertThat(rows).hasSize(24).allMatch(row -> row.length() <= 80);
      assertThat(rows.get(0)).startsWith("datastored 0.1.0 on ");
      assertThat(rows.get(22)).endsWith(" lines below");
      assertThat(rows.get(23)).isEqualTo("every 100ms; q ends");
      assertThat(shown).contains("\u001b[?1049h").contains("\u001b[?25h\u001b[?1049l");
    }
    assertThat(directory.resolve("status")).hasContent(Integer.toString(status));
    assertThat(directory.resolve("after")).hasSameTextualContentAs(directory.resolve("before"));
  }

  private String onATerminal(String server, int key) throws Exception {
    // A signal that the test was started without would not reach the command either.
    Path script =
        Files.writeString(
            directory.resolve("script"),
            """
            cd %s
            stty rows 24 cols 80
            stty -a >before
            env --default-signal=INT %s/bin/java -XX:TieredStopAtLevel=1 -cp '%s' %s \
              status --watch --interval=100ms --server %s
            printf %%s $? >status
            stty -a >after
            """
                .formatted(
                    directory,
                    System.getProperty("java.home"),
                    System.getProperty("java.class.path"),
                    Datastored.class.getName(),
                    server));
    Path screen = directory.resolve("screen");
    var builder =
        new ProcessBuilder("script", "-qfec", "bash " + script, "/dev/null")
            .redirectErrorStream(true)
            .redirectOutput(screen.toFile());
    builder.environment().put("TERM", "xterm");
    Process process = builder.start();
    try (OutputStream keys = process.getOutputStream()) {
      await().atMost(PATIENCE).until(() -> Files.readString(screen).contains("q ends"));
      keys.write(key);
      keys.flush();
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(screen);
  }

  private static StatusResponse manyDatastores() {
    var page =
        StatusResponse.newBuilder()
            .setServer(ServerStatus.newBuilder().setVersion("0.1.0").setDigest("0123456789abcdef"));
    for (int i = 0; i < 100; i++) {
      page.addDatastoresBuilder()
          .setDatastore(
              Datastore.newBuilder().setName("a-long-name-of-a-datastore-%03d".formatted(i)))
          .addTroublesBuilder()
          .setMessage("/srv/a-long-name-of-a-datastore does not answer since the last reboot");
    }
    return page.build();
  }
}
