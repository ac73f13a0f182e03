package io.datastored.cli.command;

import io.datastored.cli.flag.BuildVersion;
import io.datastored.cli.flag.ClientOptions;
import io.datastored.cli.flag.Connection;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.Json;
import io.datastored.cli.view.ServerReport;
import io.datastored.cli.view.StatusReport;
import io.datastored.v1.DatastoreView;
import io.datastored.v1.StatusRequest;
import io.datastored.v1.StatusResponse;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code datastored status}: prints the state of a server. Confined to its thread. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    versionProvider = BuildVersion.class,
    description = {
      "Shows the state of a server and of its datastores.",
      "With a NAME, shows everything about one datastore: who uses it, what is refused, what a drain waits for.",
      ""
    })
public final class StatusCommand implements Callable<Integer> {

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "Only this datastore.")
  @Nullable String datastore;

  @Mixin ClientOptions client;

  @Override
  public Integer call() {
    return client.ask(
        connection -> {
          if (client.isJson()) {
            each(connection, page -> client.out().println(Json.line(page)));
          } else if (datastore == null) {
            var report = new ServerReport(connection.server(), client.out());
            each(connection, report::add);
            report.print();
          } else {
            var report = new StatusReport(connection.server(), client.out());
            each(connection, report::print);
          }
          return ExitStatus.OK;
        });
  }

  private void each(Connection connection, Consumer<StatusResponse> print) {
    Pages.each(
        token -> connection.datastores().status(request(token)),
        StatusResponse::getNextPageToken,
        print);
  }

  private StatusRequest request(String token) {
    var request = StatusRequest.newBuilder().setPageToken(token);
    if (datastore != null) {
      request.setDatastore(datastore).setView(DatastoreView.DATASTORE_VIEW_FULL);
    }
    return request.build();
  }
}
