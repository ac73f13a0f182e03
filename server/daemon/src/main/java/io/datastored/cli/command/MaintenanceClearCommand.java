package io.datastored.cli.command;

import io.datastored.cli.flag.ClientOptions;
import io.datastored.cli.flag.EtagFlag;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.Labels;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.SetMaintenanceModeResponse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code datastored maintenance clear}: puts a datastore back into service. Confined to its thread.
 */
@Command(
    name = "clear",
    description = "Clears the maintenance mode of a datastore, whatever it is.")
final class MaintenanceClearCommand implements Callable<Integer> {

  @Parameters(paramLabel = "NAME", description = "The datastore.")
  String datastore;

  @Mixin EtagFlag precondition;

  @Mixin ClientOptions client;

  @Override
  public Integer call() {
    var request =
        SetMaintenanceModeRequest.newBuilder()
            .setDatastore(datastore)
            .setMode(MaintenanceMode.MAINTENANCE_MODE_NONE)
            .setEtag(precondition.etag)
            .build();
    return client.ask(
        connection -> {
          SetMaintenanceModeResponse answer = connection.maintenance().setMaintenanceMode(request);
          client.tell(
              answer,
              "%s is in service, revision %s."
                  .formatted(datastore, Labels.of(answer.getRevision())));
          return ExitStatus.OK;
        });
  }
}
