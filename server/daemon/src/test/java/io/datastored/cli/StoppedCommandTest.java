package io.datastored.cli;

import static io.datastored.v1.DrainState.DRAIN_STATE_DRAINING;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.testkit.JavaCommand;
import io.datastored.v1.Datastore;
import io.datastored.v1.DrainProgress;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.OperationCounts;
import io.datastored.v1.SetMaintenanceModeResponse;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commands in a process of their own that is told to end, by SIGTERM: that of a test may have been
 * started with SIGINT ignored, and its children inherit that. What a command still has to do then
 * must be done before its process is gone.
 */
@Tag("long")
final class StoppedCommandTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ENDED_BY_TERM = 143;

  /** What a pipe holds. */
  private static final int PIPE_BYTES = 64 * 1024;

  @TempDir Path directory;

  private Process start(String... args) throws IOException {
    return builder(args).redirectOutput(log().toFile()).start();
  }

  /** Both outputs in one pipe. */
  private ProcessBuilder builder(String... args) throws IOException {
    Files.createDirectories(temporary());
    List<String> options = List.of("-Djava.io.tmpdir=" + temporary());
    return new ProcessBuilder(JavaCommand.of(options, Datastored.class.getName(), (Object[]) args))
        .redirectErrorStream(true);
  }

  private Path temporary() {
    return directory.resolve("tmp");
  }

  private Path log() {
    return directory.resolve("log");
  }

  private void stopWhenItSays(Process process, String words) throws Exception {
    try {
      await().atMost(PATIENCE).until(() -> Files.readString(log()).contains(words));
      process.destroy();
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(ENDED_BY_TERM);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void drain_toldToEnd_hasToldTheWayBack() throws Exception {
    try (var server = new ScriptedServer()) {
      drainOf(server);
      stopWhenItSays(
          start("maintenance", "set", "main", "offline", "--drain", "--server", server.address()),
          "draining");
    }
    assertThat(Files.readString(log()))
        .contains("stopped waiting; the maintenance mode is still set")
        .contains("To go back: datastored maintenance clear main --etag e8 --server ");
  }

  /** A datastore that is set offline, and a drain of it that does not end. */
  private static void drainOf(ScriptedServer server) {
    Maintenance offline =
        Maintenance.newBuilder().setMode(MaintenanceMode.MAINTENANCE_MODE_OFFLINE).build();
    server.maintenance.onSet(
        request ->
            SetMaintenanceModeResponse.newBuilder()
                .setDatastore(
                    Datastore.newBuilder().setName("main").setEtag("e8").setMaintenance(offline))
                .setPrevious(
                    Maintenance.newBuilder().setMode(MaintenanceMode.MAINTENANCE_MODE_NONE))
                .build());
    server.maintenance.onDrain(
        (request, stream) ->
            stream.onNext(
                DrainResponse.newBuilder()
                    .setState(DRAIN_STATE_DRAINING)
                    .setMaintenance(offline)
                    .setProgress(
                        DrainProgress.newBuilder()
                            .setOperations(OperationCounts.newBuilder().setWrite(1)))
                    .build()));
  }

  /**
   * A pipe that is full lets nobody write to it, so what is told after the signal cannot be told
   * before the pipe is read: a process that does not wait for that is gone by then.
   */
  @Test
  void drain_toldToEndWhileNobodyReads_waitsUntilTheWayBackIsTold() throws Exception {
    try (var server = new ScriptedServer()) {
      drainOf(server);
      Process process =
          builder("maintenance", "set", "main", "offline", "--drain", "--server", server.address())
              .start();
      try (InputStream told = process.getInputStream()) {
        readTo(told, "draining");
        try (var pipe = new FileOutputStream("/proc/" + process.pid() + "/fd/1")) {
          pipe.write(new byte[PIPE_BYTES]);
        }
        // Not process.destroy(), which closes the pipe.
        assertThat(process.toHandle().destroy()).isTrue();
        assertThat(process.waitFor(1, TimeUnit.SECONDS)).as("ends before it has told").isFalse();
        assertThat(new String(told.readAllBytes(), UTF_8))
            .contains("To go back: datastored maintenance clear main --etag e8 --server ");
      } finally {
        process.destroyForcibly();
      }
    }
  }

  private static void readTo(InputStream told, String word) throws IOException {
    var read = new StringBuilder();
    while (read.indexOf(word) < 0 || read.charAt(read.length() - 1) != '\n') {
      int next = told.read();
      assertThat(next).as("the end, after: %s", read).isNotNegative();
      read.append((char) next);
    }
  }

  @Test
  void demo_toldToEnd_leavesNothing() throws Exception {
    stopWhenItSays(start("demo"), "a server in ");
    try (Stream<Path> left = Files.list(temporary())) {
      assertThat(left.filter(path -> path.toString().contains("datastored-demo"))).isEmpty();
    }
  }
}
