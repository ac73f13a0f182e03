package io.datastored.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.cli.flag.ServerOptions;
import io.datastored.cli.view.DurationText;
import io.datastored.v1.Datastore;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceMode;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class UndoTest {

  private static final Maintenance IN_SERVICE =
      Maintenance.newBuilder().setMode(MaintenanceMode.MAINTENANCE_MODE_NONE).build();
  private static final String UNDO = "datastored maintenance clear main --etag e8";

  private static String command(String... serverFlags) {
    ServerOptions server = new ServerOptions();
    new CommandLine(server)
        .registerConverter(Duration.class, new DurationText())
        .parseArgs(serverFlags);
    Datastore present = Datastore.newBuilder().setName("main").setEtag("e8").build();
    return new Undo(server.words(), present, IN_SERVICE).command();
  }

  @Test
  void command_ofTheDefaultServer_namesNone() {
    assertThat(command()).isEqualTo(UNDO);
  }

  @Test
  void command_ofAServerBehindTls_asksItInTheSameWay() {
    assertThat(
            command(
                "--tls-key=k.pem",
                "--tls-cert=c.pem",
                "--tls-ca=our ca.pem",
                "--server=store.example:7400"))
        .isEqualTo(
            UNDO
                + " --server store.example:7400"
                + " --tls-ca 'our ca.pem' --tls-cert c.pem --tls-key k.pem");
    assertThat(command("--server=store.example:7400", "--tls"))
        .isEqualTo(UNDO + " --server store.example:7400 --tls");
    assertThat(command("--server=store.example:7400", "--insecure"))
        .isEqualTo(UNDO + " --server store.example:7400 --insecure");
  }
}
