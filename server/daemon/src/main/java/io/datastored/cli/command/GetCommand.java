package io.datastored.cli.command;

import io.datastored.cli.flag.ClientOptions;
import io.datastored.cli.view.DatastoreReport;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.Json;
import io.datastored.v1.GetDatastoreRequest;
import io.datastored.v1.GetDatastoreResponse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code datastored get}: prints one datastore with its settings. Confined to its thread. */
@Command(name = "get", description = "Prints a datastore and its settings as written in the file.")
public final class GetCommand implements Callable<Integer> {

  @Parameters(paramLabel = "NAME", description = "The datastore.")
  String datastore;

  @Mixin ClientOptions client;

  @Override
  public Integer call() {
    return client.ask(
        connection -> {
          GetDatastoreResponse answer =
              connection
                  .configurations()
                  .getDatastore(GetDatastoreRequest.newBuilder().setName(datastore).build());
          if (client.isJson()) {
            client.out().println(Json.line(answer));
          } else {
            var report = new DatastoreReport(client.out());
            report.head(answer.getDatastore(), answer.getRevision());
            report.line("base path", answer.getDatastore().getBasePath());
            report.settings(answer.getDatastore().getSettings());
          }
          return ExitStatus.OK;
        });
  }
}
