package io.datastored.cli.command;

import com.google.protobuf.util.Durations;
import io.datastored.cli.flag.Connection;
import io.datastored.cli.flag.OutputFlag;
import io.datastored.cli.flag.ServerOptions;
import io.datastored.cli.flag.WatchedView;
import io.datastored.cli.view.ErrorMessage;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.WatchReport;
import io.datastored.client.DatastoredException;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code datastored watch}: prints changes as they arrive. Confined to its thread. */
@Command(
    name = "watch",
    description = {
      "Prints the datastores of a server and then every change, until Ctrl-C.",
      "If the connection is lost, it waits for the server and resumes.",
      "With --exec a command runs for each datastore at the start, and for each that"
          + " changes: one at a time for a datastore. Its standard input is the newest change"
          + " as a line of JSON (a frame of --output json), and DATASTORED_DATASTORE has the"
          + " name. A command that fails runs again."
    })
public final class WatchCommand implements Callable<Integer> {

  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

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
          "One of ${COMPLETION-CANDIDATES}: full shows the settings too (default:"
              + " ${DEFAULT-VALUE}).")
  WatchedView view;

  @Mixin OutputFlag form;

  @Option(
      names = "--bookmark-interval",
      paramLabel = "DURATION",
      defaultValue = "10s",
      description = "Heartbeat interval while nothing changes (default: ${DEFAULT-VALUE}).")
  Duration bookmarkInterval;

  @Option(
      names = "--exec",
      paramLabel = "COMMAND",
      description = "Command to run for each change, by 'sh -c'.")
  Optional<String> exec = Optional.empty();

  @Option(
      names = "--exec-parallel",
      paramLabel = "COUNT",
      defaultValue = "4",
      description = "How many commands of --exec may run at once (default: ${DEFAULT-VALUE}).")
  int execParallel;

  @Option(
      names = "--exec-retry",
      paramLabel = "DURATION",
      defaultValue = "1s",
      description =
          "Pause before a command of --exec that has failed runs again; doubled each time, up to"
              + " 1 min (default: ${DEFAULT-VALUE}).")
  Duration execRetry;

  @Mixin ServerOptions server;
  @Spec CommandSpec spec;

  @Override
  @SuppressWarnings("try") // a stop signal is there to be closed
  public Integer call() {
    Optional<ChangeActions.Options> options = exec.map(this::actions);
    try (Connection connection = server.connect();
        StopSignal stop = StopSignal.install(server.requestTimeout, StopSignal.Ending.BY_SIGNAL)) {
      if (options.isEmpty()) {
        connection.streams().watch(selection(), report((name, change) -> {}));
      } else {
        try (var actions = new ChangeActions(options.get(), spec.commandLine().getErr())) {
          connection.streams().watch(selection(), report(actions::changed));
        }
      }
    } catch (DatastoredException refused) {
      throw ErrorMessage.of(server.address(), refused).asFailure();
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

  private ChangeActions.Options actions(String command) {
    if (execParallel < 1) {
      throw new ParameterException(spec.commandLine(), "--exec-parallel must be at least 1");
    }
    if (execRetry.isZero() || execRetry.compareTo(LONGEST_PAUSE) > 0) {
      throw new ParameterException(spec.commandLine(), "--exec-retry must be 1ms to 1m");
    }
    return new ChangeActions.Options(command, execParallel, execRetry, LONGEST_PAUSE);
  }

  private WatchReport report(BiConsumer<String, WatchGenerationResponse> action) {
    return new WatchReport(
        spec.commandLine().getOut(),
        spec.commandLine().getErr(),
        form.output,
        server.address(),
        action);
  }
}
