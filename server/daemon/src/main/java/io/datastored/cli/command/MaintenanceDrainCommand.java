package io.datastored.cli.command;

import io.datastored.cli.flag.ClientOptions;
import io.datastored.cli.flag.Connection;
import io.datastored.cli.flag.DrainFlags;
import io.datastored.cli.flag.TypedOnly;
import io.datastored.cli.view.Terminal;
import io.datastored.v1.Datastore;
import io.datastored.v1.GetDatastoreRequest;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceMode;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code datastored maintenance drain}: waits until no refused operation is left. Confined to its
 * thread.
 */
@Command(
    name = "drain",
    description = {
      "Waits until no operation that the current maintenance mode refuses is in progress.",
      "A drain changes nothing: it can be repeated at any time, and run several times at once."
    })
final class MaintenanceDrainCommand implements Callable<Integer> {

  private static final Maintenance IN_SERVICE =
      Maintenance.newBuilder().setMode(MaintenanceMode.MAINTENANCE_MODE_NONE).build();

  private final Terminal screen;

  @Parameters(paramLabel = "NAME", description = "The datastore.")
  String datastore;

  @TypedOnly
  @Option(
      names = "--etag",
      paramLabel = "ETAG",
      defaultValue = "",
      description = "Stop waiting if the datastore no longer has this etag.")
  String etag;

  @Mixin DrainFlags flags;
  @Mixin ClientOptions client;

  MaintenanceDrainCommand(Terminal screen) {
    this.screen = screen;
  }

  @Override
  public Integer call() {
    return client.ask(
        connection ->
            new AwaitedDrain(client, screen, flags.request(datastore, etag), undo(connection))
                .await(connection));
  }

  /** The previous mode is not known here, so the undo puts the datastore back into service. */
  private Optional<Undo> undo(Connection connection) {
    Datastore present =
        connection
            .configurations()
            .getDatastore(GetDatastoreRequest.newBuilder().setName(datastore).build())
            .getDatastore();
    return Optional.of(new Undo(client.server.words(), present, IN_SERVICE));
  }
}
