package io.datastored.cli.command;

import com.google.protobuf.util.Durations;
import io.datastored.cli.flag.BuildVersion;
import io.datastored.cli.flag.Connection;
import io.datastored.cli.flag.ServerOptions;
import io.datastored.cli.flag.WatchedView;
import io.datastored.cli.view.ErrorMessage;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.OutputFormat;
import io.datastored.cli.view.WatchReport;
import io.datastored.client.DatastoredException;
import io.datastored.v1.WatchGenerationRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code datastored watch}: prints changes as they arrive. Confined to its thread. */
@Command(
    name = "watch",
    mixinStandardHelpOptions = true,
    versionProvider = BuildVersion.class,
    description = {
      "Prints the datastores of a server and then every change, until Ctrl-C.",
      "If the server goes away, it waits for it and resumes.",
      ""
    })
public final class WatchCommand implements Callable<Integer> {

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME|PREFIX*",
      description = "Only these datastores (default: all).")
  List<String> datastores = new ArrayList<>();

  @Option(
      names = "--view",
      paramLabel = "VIEW",
      defaultValue = "basic",
      description =
          "One of ${COMPLETION-CANDIDATES}: full shows the settings too (default: ${DEFAULT-VALUE}).")
  WatchedView view;

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description =
          "One of ${COMPLETION-CANDIDATES}: json prints one object per frame (default:"
              + " ${DEFAULT-VALUE}).")
  OutputFormat output;

  @Option(
      names = "--bookmark-interval",
      paramLabel = "DURATION",
      defaultValue = "10s",
      description = "Heartbeat interval while nothing changes (default: ${DEFAULT-VALUE}).")
  Duration bookmarkInterval;

  @Mixin ServerOptions server;
  @Spec CommandSpec spec;

  @Override
  @SuppressWarnings("try") // a stop signal is there to be closed
  public Integer call() {
    try (Connection connection = server.connect();
        StopSignal stop = StopSignal.install(server.requestTimeout, StopSignal.Ending.BY_SIGNAL)) {
      connection.streams().watch(selection(), report());
    } catch (DatastoredException refused) {
      throw ErrorMessage.of(server.server, refused).asFailure();
    } catch (InterruptedException stopped) {
      // Ctrl-C is the expected end of a watch.
    }
    return ExitStatus.OK.code();
  }

  private WatchGenerationRequest selection() {
    return WatchGenerationRequest.newBuilder()
        .addAllDatastores(datastores)
        .setView(view.wire())
        .setBookmarkInterval(Durations.fromMillis(bookmarkInterval.toMillis()))
        .build();
  }

  private WatchReport report() {
    return new WatchReport(
        spec.commandLine().getOut(), spec.commandLine().getErr(), output, server.server);
  }
}
