package io.datastored.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import com.google.rpc.ErrorInfo;
import io.datastored.cli.ScriptedConfigurations;
import io.datastored.cli.ScriptedServer;
import io.datastored.cli.Shell;
import io.datastored.v1.ConfigFault;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.DatastoreStatus;
import io.datastored.v1.DrainStatus;
import io.datastored.v1.LocalProcess;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.OperationCounts;
import io.datastored.v1.Revision;
import io.datastored.v1.ServerState;
import io.datastored.v1.ServerStatus;
import io.datastored.v1.Space;
import io.datastored.v1.StatusResponse;
import io.datastored.v1.Trouble;
import io.datastored.v1.TroubleCause;
import io.datastored.v1.WatcherStatus;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class StatusCommandTest {

  private static final Revision REVISION = ScriptedConfigurations.REVISION;

  @AutoClose private ScriptedServer server;
  private final Shell shell = new Shell();

  @BeforeEach
  void start() throws Exception {
    server = new ScriptedServer();
    shell.with("DATASTORED_SERVER", server.address());
    server.onStatus(
        request -> {
          if (!request.getDatastore().isEmpty()) {
            return StatusResponse.newBuilder().setRevision(REVISION).addDatastores(main()).build();
          }
          return request.getPageToken().isEmpty() ? firstPage() : secondPage();
        });
  }

  private static StatusResponse firstPage() {
    return StatusResponse.newBuilder()
        .setRevision(REVISION)
        .setServer(
            ServerStatus.newBuilder()
                .setVersion("0.1.0")
                .setState(ServerState.SERVER_STATE_RECOVERING)
                .setRecoveryLeft(Durations.fromMillis(11_500))
                .setUptime(Durations.fromSeconds(7))
                .setSessions(212)
                .setLeases(1)
                .setWatchers(3)
                .setDigest("0123456789abcdef")
                .addConfigFaults(
                    ConfigFault.newBuilder().setLine(3).setColumn(9).setMessage("what is this?"))
                .addTroubles(
                    Trouble.newBuilder()
                        .setCause(TroubleCause.TROUBLE_CAUSE_CONFIGURATION)
                        .setMessage("the file is missing")
                        .setSince(Timestamps.fromSeconds(1_767_323_045)))
                .addConfigFaults(ConfigFault.newBuilder().setMessage("the file is missing"))
                .addSlowestWatchers(
                    WatcherStatus.newBuilder()
                        .setPeer("10.0.0.7:4711")
                        .setSent(REVISION)
                        .setApplied(REVISION.toBuilder().setGeneration(5))
                        .setLag(Durations.fromSeconds(40))))
        .addDatastores(
            DatastoreStatus.newBuilder()
                .setDatastore(
                    Datastore.newBuilder()
                        .setName("archive")
                        .setGeneration(3)
                        .setMaintenance(
                            Maintenance.newBuilder()
                                .setMode(MaintenanceMode.MAINTENANCE_MODE_NONE)))
                .setConfigFault(
                    ConfigFault.newBuilder().setLine(12).setMessage("x").setLastGoodServed(true))
                .setSpace(Space.newBuilder().setTotalBytes(4L << 40).setAvailableBytes(3L << 39)))
        .setNextPageToken("more")
        .build();
  }

  private static StatusResponse secondPage() {
    return StatusResponse.newBuilder().setRevision(REVISION).addDatastores(main()).build();
  }

  private static DatastoreStatus main() {
    return DatastoreStatus.newBuilder()
        .setDatastore(
            Datastore.newBuilder()
                .setName("main")
                .setEtag("e7")
                .setGeneration(7)
                .setSettings(DatastoreSettings.newBuilder().setPath("/srv/main"))
                .setMaintenance(
                    Maintenance.newBuilder()
                        .setMode(MaintenanceMode.MAINTENANCE_MODE_OFFLINE)
                        .setMessage("disk swap")))
        .setOperations(OperationCounts.newBuilder().setWrite(3).setRead(1))
        .setLeases(1)
        .addTroubles(Trouble.newBuilder().setMessage("/srv/main does not answer"))
        .addProcesses(
            LocalProcess.newBuilder()
                .setPid(812)
                .setName("gc")
                .setOperations(OperationCounts.newBuilder().setWrite(2)))
        .setDrain(DrainStatus.newBuilder().setDrained(false).setWaitsFor("3 writes and 1 read."))
        .addRefusals(
            ErrorInfo.newBuilder()
                .setDomain("datastored")
                .setReason("UNDER_MAINTENANCE")
                .putMetadata("datastore", "main")
                .putMetadata("operation", "WRITE")
                .putMetadata("mode", "OFFLINE"))
        .build();
  }

  @Test
  void status_printsTheServer_andALineForEachDatastore_overAllPages() {
    Shell.Result result = shell.run("status");
    assertThat(result.status()).isZero();
    assertThat(result.out())
        .isEqualTo(
            """
            datastored 0.1.0 on %s: recovering for 12s at most, up 7s
            revision 00c0ffee00c0ffee/7, digest 0123456789ab
            212 sessions, 1 lease, 3 watchers
            trouble: the file is missing (since 2026-01-02T03:04:05Z)
            configuration: line 3, column 9: what is this?
            watcher 10.0.0.7:4711 is behind for 40s: sent 7, applied 5

            DATASTORE  MODE     GEN  READ  WRITE  LEASES  FREE  NOTE
            archive    none       3     0      0       0  1.5T  fault in line 12
            main       offline    7     1      3       1     -  in use, /srv/main does not answer, "disk swap"
            """
                .formatted(server.address()));
  }

  @Test
  void status_ofOneDatastore_tellsWhoUsesIt_whatIsRefused_andWhatADrainWaitsFor() {
    Shell.Result result = shell.run("status", "main");
    assertThat(result.status()).isZero();
    assertThat(result.out())
        .contains("mode           offline \"disk swap\"")
        .contains("in use by      3 writes and 1 read, 1 lease among them")
        .contains("process 812 (gc): 2 writes")
        .contains("trouble        /srv/main does not answer")
        .contains("drained        no: 3 writes and 1 read\n")
        .contains("refused        main refuses write: maintenance mode offline.")
        .contains("path           /srv/main");
  }

  @Test
  void status_inJson_printsEachPage() {
    Shell.Result result = shell.run("status", "--output=json");
    assertThat(result.out().lines()).hasSize(2).allMatch(line -> line.startsWith("{"));
    assertThat(result.out()).contains("\"state\":\"SERVER_STATE_RECOVERING\"");
  }
}
