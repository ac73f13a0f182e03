package io.datastored.cli;

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
    mixinStandardHelpOptions = true,
    versionProvider = BuildVersion.class,
    description = {
      "Removes a datastore from the configuration. Its data is not touched.",
      "It must be in mode delete and nobody may use it any more: first 'datastored maintenance set NAME delete --drain'.",
      ""
    })
final class DeleteCommand implements Callable<Integer> {

  @Parameters(paramLabel = "NAME", description = "The datastore.")
  String datastore;

  @TypedOnly
  @Option(
      names = "--etag",
      paramLabel = "ETAG",
      defaultValue = "",
      description = "Only if this is still its etag (see 'datastored get').")
  String etag;

  @TypedOnly
  @Option(names = "--allow-missing", description = "One that is not there is removed already.")
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
            .setEtag(etag)
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
                      : "%s is not in the configuration any more, revision %s; its data is untouched."
                          .formatted(datastore, Words.of(answer.getRevision())))
                  + (answer.getPbsIgnored() ? " " + InTheWay.PBS_IGNORED : ""));
          return ExitStatus.OK;
        });
  }
}
