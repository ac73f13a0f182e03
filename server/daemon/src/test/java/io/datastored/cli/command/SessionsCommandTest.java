package io.datastored.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import io.datastored.cli.ScriptedConfigurations;
import io.datastored.cli.ScriptedServer;
import io.datastored.cli.Shell;
import io.datastored.v1.HeldLease;
import io.datastored.v1.Holder;
import io.datastored.v1.Lease;
import io.datastored.v1.ListLeasesResponse;
import io.datastored.v1.ListSessionsResponse;
import io.datastored.v1.Operation;
import io.datastored.v1.Session;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code sessions} and {@code leases}. */
final class SessionsCommandTest {

  private static final String SESSION = "6f2c1a9e-3c7b-4b55-9f0e-0d1c2b3a4f5e";
  private static final Holder BACKUP =
      Holder.newBuilder().setClient("backup").setHost("b17").setPid(4711).build();

  @AutoClose private ScriptedServer server;
  private final Shell shell = new Shell();

  @BeforeEach
  void start() throws Exception {
    server = new ScriptedServer();
    shell.with("DATASTORED_SERVER", server.address());
  }

  @Test
  void sessions_fitATerminal_andTellLag() {
    server.sessions.onListSessions(
        request ->
            ListSessionsResponse.newBuilder()
                .addSessions(
                    Session.newBuilder()
                        .setSessionId(SESSION)
                        .setHolder(BACKUP)
                        .setAge(Durations.fromMinutes(41))
                        .setIdle(Durations.fromSeconds(2))
                        .setLeases(3)
                        .setCaches(true)
                        .setSent(ScriptedConfigurations.REVISION)
                        .setApplied(ScriptedConfigurations.REVISION.toBuilder().setGeneration(5))
                        .setLag(Durations.fromSeconds(40)))
                .addSessions(
                    Session.newBuilder()
                        .setSessionId("run")
                        .setHolder(Holder.newBuilder().setClient("x").setPeer("10.0.0.7:9")))
                .build());
    assertThat(shell.run("sessions").out())
        .isEqualTo(
            """
            HOLDER           AGE  IDLE  LEASES  SENT  APPLIED  LAG  SESSION
            backup@b17:4711  41m    2s       3     7        5  40s  6f2c1a9e-3c7
            x@10.0.0.7:9      0s    0s       0     -        -    -  run
            """);
    assertThat(shell.run("sessions", "--full-ids").out()).contains(SESSION);
    assertThat(shell.run("sessions", "--output=json").out().lines()).hasSize(2);
  }

  @Test
  void whatTheServerLeavesOut_isSaid() {
    server.sessions.onListSessions(
        request -> ListSessionsResponse.newBuilder().setFiltered(true).build());
    server.sessions.onListLeases(
        request -> ListLeasesResponse.newBuilder().setFiltered(true).build());
    assertThat(shell.run("sessions").out())
        .endsWith("  SESSION\nsessions of others are shown to operators\n");
    assertThat(shell.run("leases").out())
        .endsWith("  PURPOSE\nleases of others are shown to operators\n");
    assertThat(shell.run("leases", "--output=json").out()).isEmpty();
  }

  @Test
  void leases_ofAPrincipal_showItAndNotThatOneIsAnonymous() {
    HeldLease held = lease("l1", SESSION);
    server.sessions.onListLeases(
        request ->
            ListLeasesResponse.newBuilder()
                .addLeases(held.toBuilder().setHolder(BACKUP.toBuilder().setPrincipal("uid:34")))
                .addLeases(held.toBuilder().setHolder(BACKUP.toBuilder().setPrincipal("anonymous")))
                .build());
    assertThat(shell.run("leases").out())
        .contains("  backup@b17:4711 (uid:34)  ", "  backup@b17:4711           ");
  }

  @Test
  void leases_areToldWithHolderAndPurpose_andFilteredByTheBeginningOfTheirSession() {
    server.sessions.onListLeases(
        request ->
            ListLeasesResponse.newBuilder()
                .addLeases(lease("l1", SESSION))
                .addLeases(lease("l2", "another"))
                .build());
    assertThat(shell.run("leases", "--session=6f2c1a9e", "--datastore=main").out())
        .isEqualTo(
            """
            DATASTORE  FOR    HOLDER           AGE  IDLE  LEFT  LEASE  PURPOSE
            main       write  backup@b17:4711  41m    2s     -  l1     verify vm/100
            """);
    assertThat(server.sessions.leaseLists.get(0).getDatastore()).isEqualTo("main");
  }

  private static HeldLease lease(String id, String session) {
    return HeldLease.newBuilder()
        .setLease(
            Lease.newBuilder()
                .setLeaseId(id)
                .setDatastore("main")
                .setOperation(Operation.OPERATION_WRITE)
                .setSessionId(session))
        .setHolder(BACKUP)
        .setPurpose("verify vm/100")
        .setAge(Durations.fromMinutes(41))
        .setIdle(Durations.fromSeconds(2))
        .build();
  }
}
