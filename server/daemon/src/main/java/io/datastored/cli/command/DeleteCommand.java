package io.datastored.cli.command;

import io.datastored.cli.flag.ClientOptions;
import io.datastored.cli.flag.DrainFlags;
import io.datastored.cli.flag.EtagFlag;
import io.datastored.cli.flag.TypedOnly;
import io.datastored.cli.view.BlockerSummary;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.Labels;
import io.datastored.v1.DeleteDatastoreRequest;
import io.datastored.v1.DeleteDatastoreResponse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code datastored delete}: removes a section from the file. Confined to its thread. */
@Command(
    name = "delete",
    description = {
      "Removes a datastore from the configuration. Its data is not touched.",
      "It must be in mode delete and unused: run 'datastored maintenance set NAME delete --drain' first."
    })
public final class DeleteCommand implements Callable<Integer> {

  @Parameters(paramLabel = "NAME", description = "The datastore.")
  String datastore;

  @Mixin EtagFlag precondition;

  @TypedOnly
  @Option(names = "--allow-missing", description = "Succeed if the datastore does not exist.")
  boolean allowMissing;

  @TypedOnly
  @Option(names = "--dry-run", description = "Check everything, write nothing.")
  boolean dryRun;

  @TypedOnly
  @Option(names = "--ignore-pbs", description = DrainFlags.IGNORE_PBS)
  boolean ignorePbs;

  @Mixin ClientOptions client;

  @Override
  public Integer call() {
    var request =
        DeleteDatastoreRequest.newBuilder()
            .setName(datastore)
            .setEtag(precondition.etag)
            .setAllowMissing(allowMissing)
            .setValidateOnly(dryRun)
            .setIgnorePbs(ignorePbs)
            .build();
    return client.ask(
        connection -> {
          DeleteDatastoreResponse answer = connection.configurations().deleteDatastore(request);
          client.tell(
              answer,
              (dryRun
                      ? datastore + " could be removed from the configuration."
                      : "%s is no longer in the configuration, revision %s; its data is untouched."
                          .formatted(datastore, Labels.of(answer.getRevision())))
                  + (answer.getPbsIgnored() ? " " + BlockerSummary.PBS_IGNORED : ""));
          return ExitStatus.OK;
        });
  }
}
