package io.datastored.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.cli.Datastored;
import io.datastored.cli.ScriptedServer;
import io.datastored.soak.Patience;
import io.datastored.testkit.JavaCommand;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.Lease;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceMode;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In processes of their own: signals and streams are those of a process. */
final class RunCommandTest {

  @TempDir Path directory;
  @AutoClose private ScriptedServer server;

  @BeforeEach
  void start() throws Exception {
    server = new ScriptedServer();
    server.onLookup(
        request ->
            LookupResponse.newBuilder()
                .setDatastore(
                    Datastore.newBuilder()
                        .setMaintenance(
                            Maintenance.newBuilder().setMode(MaintenanceMode.MAINTENANCE_MODE_NONE))
                        .setSettings(DatastoreSettings.newBuilder().setPath("stores/main"))
                        .setBasePath("/srv/main"))
                .setLease(Lease.newBuilder().setLeaseId(request.getLeaseId()).setFencingToken(42))
                .build());
  }

  private Process datastored(String... args) throws IOException {
    List<String> command =
        JavaCommand.of(
            List.of("-Dlogback.statusListenerClass=ch.qos.logback.core.status.NopStatusListener"),
            Datastored.class.getName(),
            "run",
            "--server=" + server.address());
    command.addAll(List.of(args));
    return new ProcessBuilder(command)
        .redirectOutput(directory.resolve("out").toFile())
        .redirectError(directory.resolve("err").toFile())
        .start();
  }

  private static int statusOf(Process process) throws InterruptedException {
    try {
      assertThat(process.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  private String printed(String stream) throws IOException {
    return Files.readString(directory.resolve(stream));
  }

  @Test
  void run_givesTheCommandItsLease_passesItsStatusOn_andGivesBack() throws Exception {
    Process run =
        datastored(
            "main",
            "write",
            "--",
            "sh",
            "-c",
            "echo $DATASTORED_DATASTORE $DATASTORED_PATH $DATASTORED_OPERATION"
                + " $DATASTORED_FENCING_TOKEN $DATASTORED_LEASE_ID; exit 23");
    assertThat(statusOf(run)).as(printed("err")).isEqualTo(23);
    String lease = server.lookups.get(0).getLeaseId();
    assertThat(printed("out")).isEqualTo("main /srv/main write 42 " + lease + "\n");
    assertThat(server.lookups.get(0).getPurpose()).isEqualTo("sh");
    assertThat(server.lookups.get(0).getSessionId())
        .isEqualTo(server.sessions.opens.get(0).getSessionId());
    assertThat(server.sessions.opens.get(0).getHolder().getPid()).isEqualTo(run.pid());
    assertThat(server.sessions.closes).as("and its lease with it").hasSize(1);
  }

  @Test
  void run_handsSignalsOn_andEndsWithTheStatusOfTheCommand() throws Exception {
    Process run =
        datastored(
            "main",
            "read",
            "--",
            "sh",
            "-c",
            "trap 'echo cleaned; exit 7' TERM; echo ready; while :; do sleep 0.05; done");
    Awaitility.await().until(() -> printed("out").contains("ready"));
    run.destroy();
    assertThat(statusOf(run)).isEqualTo(7);
    assertThat(printed("out")).endsWith("cleaned\n");
    assertThat(server.sessions.closes).as("and its lease with it").hasSize(1);
  }

  @Test
  void run_whoseLeaseIsRefused_endsWith125_andStartsNothing() throws Exception {
    server.onLookup(
        request -> {
          throw ScriptedServer.refusal(
              Status.Code.FAILED_PRECONDITION,
              "UNDER_MAINTENANCE",
              Map.of("datastore", "main", "operation", "WRITE", "mode", "OFFLINE"));
        });
    assertThat(statusOf(datastored("main", "write", "--", "echo", "started"))).isEqualTo(125);
    assertThat(printed("err"))
        .contains("main refuses write: maintenance mode offline. The command was not started.");
    assertThat(printed("out")).isEmpty();
    assertThat(server.sessions.closes).as("nothing is left behind").hasSize(1);
  }

  @Test
  void run_ofAProgramThatIsNotThere_endsWith127_andGivesBack() throws Exception {
    assertThat(statusOf(datastored("main", "write", "--", "/no/such/program"))).isEqualTo(127);
    assertThat(printed("err")).contains("The command cannot be started");
    assertThat(server.sessions.closes).as("and its lease with it").hasSize(1);
  }

  @Test
  void run_withoutAnAbsolutePath_startsNothing() throws Exception {
    server.onLookup(
        request ->
            LookupResponse.newBuilder()
                .setDatastore(
                    Datastore.newBuilder()
                        .setMaintenance(
                            Maintenance.newBuilder().setMode(MaintenanceMode.MAINTENANCE_MODE_NONE))
                        .setSettings(DatastoreSettings.newBuilder().setPath("stores/usb")))
                .setLease(Lease.newBuilder().setLeaseId(request.getLeaseId()).setFencingToken(42))
                .build());
    assertThat(statusOf(datastored("usb", "write", "--", "echo", "started"))).isEqualTo(125);
    assertThat(printed("out")).isEmpty();
    assertThat(printed("err")).contains("does not report where the datastore is");
    assertThat(server.sessions.closes).as("and its lease with it").hasSize(1);
  }
}
