package io.datastored.cli.command;

import io.datastored.cli.flag.ClientOptions;
import io.datastored.cli.flag.Connection;
import io.datastored.cli.flag.TypedOnly;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.DurationText;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.FullScreen;
import io.datastored.cli.view.Json;
import io.datastored.cli.view.ServerReport;
import io.datastored.cli.view.StatusReport;
import io.datastored.cli.view.Terminal;
import io.datastored.v1.DatastoreView;
import io.datastored.v1.StatusRequest;
import io.datastored.v1.StatusResponse;
import java.io.InputStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code datastored status}: prints the state of a server. Confined to its thread. */
@Command(
    name = "status",
    description = {
      "Shows the state of a server and of its datastores.",
      "With a NAME, shows everything about one datastore: who uses it, what is refused, what a"
          + " drain waits for.",
      "With --watch the report fills the terminal and is refreshed, the worst first,"
          + " also after a restart of the server. If the output is not a terminal, reports"
          + " are printed one after another."
    })
public final class StatusCommand implements Callable<Integer> {

  private static final Duration SHORTEST = Duration.ofMillis(100);

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "Only this datastore.")
  @Nullable String datastore;

  @TypedOnly
  @Option(names = "--watch", description = "Show it until q or Ctrl-C.")
  boolean watch;

  @Option(
      names = "--interval",
      paramLabel = "DURATION",
      defaultValue = "1s",
      description = "Pause between two reports of --watch (default: ${DEFAULT-VALUE}).")
  Duration interval;

  @Mixin ClientOptions client;

  private final InputStream in;
  private final Terminal screen;

  public StatusCommand(InputStream in, Terminal screen) {
    this.in = in;
    this.screen = screen;
  }

  @Override
  public Integer call() {
    return watch
        ? watch().code()
        : client.ask(
            connection -> {
              print(connection, client.out());
              return ExitStatus.OK;
            });
  }

  @SuppressWarnings("try") // a stop signal is there to be closed
  private ExitStatus watch() {
    if (interval.compareTo(SHORTEST) < 0) {
      throw new CommandFailed(
          ExitStatus.USAGE, "--interval is at least " + DurationText.print(SHORTEST) + ".");
    }
    var live = new LiveStatus(client, interval, this::print);
    try (StopSignal stop =
        StopSignal.install(client.server.requestTimeout, StopSignal.Ending.BY_SIGNAL)) {
      if (screen == Terminal.PLAIN || client.isJson()) {
        return live.asLines();
      }
      try (@Nullable FullScreen whole = FullScreen.enter(client.out()).orElse(null)) {
        return whole == null ? live.asLines() : live.on(whole, in);
      }
    }
  }

  private void print(Connection connection, PrintWriter out) {
    if (client.isJson()) {
      each(connection, page -> out.println(Json.line(page)));
      out.flush();
    } else if (datastore == null) {
      var report =
          new ServerReport(
              connection.server(),
              out,
              watch ? ServerReport.Order.WORST_FIRST : ServerReport.Order.BY_NAME);
      each(connection, report::add);
      report.print();
    } else {
      var report = new StatusReport(connection.server(), out);
      each(connection, report::print);
    }
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
