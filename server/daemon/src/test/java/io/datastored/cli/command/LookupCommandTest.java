package io.datastored.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import com.google.rpc.BadRequest;
import io.datastored.cli.BackgroundCommand;
import io.datastored.cli.ScriptedServer;
import io.datastored.cli.Shell;
import io.datastored.client.fake.FakeDatastored;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.Lease;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MountState;
import io.datastored.v1.Operation;
import io.datastored.v1.Revision;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LookupCommandTest {

  @TempDir Path directory;
  @AutoClose private ScriptedServer server;
  private final Shell shell = new Shell();

  @BeforeEach
  void start() throws Exception {
    server = new ScriptedServer();
    server.onLookup(request -> granted(request, MaintenanceMode.MAINTENANCE_MODE_NONE, 60_000));
    shell.with("DATASTORED_SERVER", server.address());
  }

  private static LookupResponse granted(LookupRequest request, MaintenanceMode mode, long ttl) {
    var response =
        LookupResponse.newBuilder()
            .setRevision(Revision.newBuilder().setIncarnation("00c0ffee00c0ffee").setGeneration(7))
            .setDatastore(
                Datastore.newBuilder()
                    .setName(request.getDatastore())
                    .setEtag("etag-" + mode.getNumber())
                    .setGeneration(3)
                    .setMaintenance(Maintenance.newBuilder().setMode(mode))
                    .setMountState(MountState.MOUNT_STATE_NOT_REMOVABLE)
                    .setSettings(DatastoreSettings.newBuilder().setPath("/srv/main"))
                    .setBasePath("/srv/main"));
    if (request.getOperation() != Operation.OPERATION_LOOKUP && !request.getValidateOnly()) {
      response.setLease(
          Lease.newBuilder()
              .setLeaseId(request.getLeaseId())
              .setFencingToken(42)
              .setTtl(Durations.fromMillis(ttl)));
    }
    return response.build();
  }

  @Test
  void lookup_trustingAFileWithoutCertificates_isAUsageError() throws Exception {
    Path noPem = Files.writeString(directory.resolve("ca.pem"), "no certificate");
    Shell.Result result = shell.run("lookup", "main", "--tls-ca=" + noPem);
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains(noPem + " holds no PEM certificates");
  }

  @Test
  void lookup_withoutOperation_asksForLookup_andTakesNoLease() {
    Shell.Result result = shell.run("lookup", "main");
    assertThat(result.status()).isZero();
    assertThat(result.out())
        .contains("main: lookup granted", "none", "/srv/main", "00c0ffee00c0ffee/7");
    assertThat(result.err()).isEmpty();
    assertThat(server.releases).isEmpty();
  }

  @Test
  void lookup_ofWrite_printsTheLease_andGivesItBack() {
    Shell.Result result = shell.run("lookup", "main", "write", "--ttl", "5s", "--purpose", "a try");
    assertThat(result.status()).isZero();
    assertThat(result.out()).contains("main: write granted", "fencing token  42", "released");
    LookupRequest request = server.lookups.get(0);
    assertThat(request.getPurpose()).isEqualTo("a try");
    assertThat(Durations.toSeconds(request.getTtl())).isEqualTo(5);
    assertThat(server.releases.get(0).getLeaseId()).isEqualTo(request.getLeaseId()).isNotEmpty();
  }

  @Test
  void lookup_validateOnly_asksWithoutALease() {
    Shell.Result result = shell.run("lookup", "main", "write", "--validate-only");
    assertThat(result.status()).isZero();
    assertThat(result.out()).contains("would be granted");
    assertThat(server.lookups.get(0).getLeaseId()).isEmpty();
    assertThat(server.releases).isEmpty();
  }

  @Test
  void lookup_refusedByMaintenance_saysModeAndWords_andEndsWithOne() {
    server.onLookup(
        request -> {
          throw ScriptedServer.refusal(
              Status.Code.FAILED_PRECONDITION,
              "UNDER_MAINTENANCE",
              Map.of(
                  "datastore", "main",
                  "operation", "WRITE",
                  "mode", "READ_ONLY",
                  "message", "disk swap",
                  "since", "2026-11-23T05:40:28Z",
                  "expected_end", "2026-11-23T18:00:00Z"));
        });
    Shell.Result result = shell.run("lookup", "main", "write");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .isEqualTo(
            "datastored lookup: main refuses write: maintenance mode read-only \"disk swap\""
                + " since 2026-11-23T05:40:28Z, expected to end 2026-11-23T18:00:00Z.\n");
    assertThat(result.out()).isEmpty();
    assertThat(server.releases).isEmpty();
  }

  @Test
  void lookup_refusedInJson_printsReasonAndMetadata() {
    server.onLookup(
        request -> {
          throw ScriptedServer.refusal(
              Status.Code.NOT_FOUND, "DATASTORE_NOT_FOUND", Map.of("datastore", "main"));
        });
    Shell.Result result = shell.run("lookup", "main", "--output", "json");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.out())
        .startsWith("{\"error\":{\"code\":\"NOT_FOUND\",\"reason\":\"DATASTORE_NOT_FOUND\"")
        .contains("\"metadata\":{\"datastore\":\"main\"}");
  }

  @Test
  void lookup_ofABadName_endsWithTwo_andTellsTheField() {
    server.onLookup(
        request -> {
          throw ScriptedServer.refusal(
              Status.Code.INVALID_ARGUMENT,
              "INVALID_REQUEST",
              Map.of(),
              BadRequest.newBuilder()
                  .addFieldViolations(
                      BadRequest.FieldViolation.newBuilder()
                          .setField("datastore")
                          .setDescription("is too short"))
                  .addFieldViolations(
                      BadRequest.FieldViolation.newBuilder()
                          .setField("settings.gc_schedule")
                          .setDescription("gc-schedule has 200 characters"))
                  .build());
        });
    Shell.Result result = shell.run("lookup", "x");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err())
        .endsWith("Invalid request: datastore: is too short; gc-schedule has 200 characters\n");
  }

  @Test
  void lookup_ofAReasonFromALaterVersion_isReadByItsCode() {
    server.onLookup(
        request -> {
          throw ScriptedServer.refusal(Status.Code.ABORTED, "FROM_THE_FUTURE", Map.of());
        });
    Shell.Result result = shell.run("lookup", "main");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("ABORTED").doesNotContain("Exception");
  }

  @Test
  void lookup_ofAnotherProgram_endsWithFour() {
    server.onLookup(
        request -> {
          throw Status.UNIMPLEMENTED.asRuntimeException();
        });
    assertThat(shell.run("lookup", "main").status()).isEqualTo(4);
  }

  @Test
  void lookup_withoutAServer_endsWithThree_inOneSentence() throws Exception {
    server.close();
    Shell.Result result = shell.run("lookup", "main", "write");
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.err()).contains("No server answers on 127.0.0.1:");
  }

  @Test
  void hold_forATime_tellsANewMode_andGivesBack() {
    try (FakeDatastored fake = fake();
        var command = holder(fake, "--hold=4s", "--ttl=3s", "--purpose=a try")) {
      command.awaitErr("for 4s or until Ctrl-C");
      fake.setMode("main", MaintenanceMode.MAINTENANCE_MODE_READ_ONLY, "disk swap");
      assertThat(command.awaitStatus()).isZero();
      assertThat(command.out())
          .contains("main: write granted", "fencing token", "ttl            3s")
          .containsOnlyOnce("still held, now with mode read-only")
          .contains("main: write released");
      assertThat(fake.lookups().get(0).getPurpose()).isEqualTo("a try");
      assertThat(fake.leases()).isEmpty();
      assertThat(fake.sessions()).isEmpty();
    }
  }

  /** A server that keeps its word, over this server's transport. */
  private static FakeDatastored fake() {
    return FakeDatastored.on(
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
  }

  private static BackgroundCommand holder(FakeDatastored fake, String... more) {
    fake.put("main");
    return new BackgroundCommand(
        Stream.concat(
                Stream.of("lookup", "main", "write", "--server", fake.target()), Stream.of(more))
            .toArray(String[]::new));
  }

  @Test
  void severalServers_theOneThatAnswersIsUsed_withASessionToo() {
    try (FakeDatastored fake = fake()) {
      fake.put("main");
      String both = "127.0.0.1:1," + fake.target();
      Shell.Result looked = new Shell().run("lookup", "main", "lookup", "--server", both);
      assertThat(looked.err()).isEmpty();
      assertThat(looked.status()).isZero();
      Shell.Result ran = new Shell().run("run", "main", "write", "--server", both, "--", "true");
      assertThat(ran.err()).isEmpty();
      assertThat(ran.status()).isZero();
      assertThat(fake.calls("CloseSession")).isEqualTo(1);
    }
  }

  @Test
  void hold_stoppedByCtrlC_givesTheLeaseBack() {
    try (FakeDatastored fake = fake();
        var command = holder(fake, "--hold")) {
      command.awaitErr("until Ctrl-C");
      assertThat(fake.leases()).hasSize(1);
      assertThat(command.stop()).isZero();
      assertThat(command.out()).contains("released");
      assertThat(fake.leases()).isEmpty();
    }
  }

  @Test
  void hold_ofALeaseThatTheServerEnds_endsWithOne() {
    try (FakeDatastored fake = fake();
        var command = holder(fake, "--hold", "--ttl=2s")) {
      command.awaitErr("until Ctrl-C");
      fake.force("main");
      assertThat(command.awaitStatus()).isEqualTo(1);
      assertThat(command.err()).contains("has ended (force)");
      assertThat(fake.sessions()).as("it is given back all the same").isEmpty();
    }
  }

  @Test
  void hold_ofAServerThatStaysSilent_isLostAfterTheTtl() {
    try (FakeDatastored fake = fake();
        var command = holder(fake, "--hold", "--ttl=1s")) {
      command.awaitErr("until Ctrl-C");
      fake.goDown();
      assertThat(command.awaitStatus()).isEqualTo(1);
      assertThat(command.err()).contains("The lease is lost", "could not be released");
    }
  }

  @Test
  void hold_refused_saysWhy_andEndsWithOne() {
    try (FakeDatastored fake = fake()) {
      fake.put("main");
      fake.setMode("main", MaintenanceMode.MAINTENANCE_MODE_OFFLINE, "disk swap");
      Shell.Result result =
          shell.with("DATASTORED_SERVER", fake.target()).run("lookup", "main", "write", "--hold");
      assertThat(result.status()).isEqualTo(1);
      assertThat(result.err())
          .contains("main refuses write: maintenance mode offline \"disk swap\"");
      assertThat(fake.sessions()).isEmpty();
    }
  }

  @Test
  void hold_withoutAServer_endsWithThree_atOnce() throws Exception {
    server.close();
    Shell.Result result = shell.run("lookup", "main", "write", "--hold", "--request-timeout=1h");
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.err()).contains("No server answers on 127.0.0.1:");
  }
}
