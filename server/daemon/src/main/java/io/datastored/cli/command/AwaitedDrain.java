package io.datastored.cli.command;

import io.datastored.cli.flag.ClientOptions;
import io.datastored.cli.flag.Connection;
import io.datastored.cli.view.DrainEnd;
import io.datastored.cli.view.DrainJson;
import io.datastored.cli.view.DrainLines;
import io.datastored.cli.view.DrainScreen;
import io.datastored.cli.view.DrainView;
import io.datastored.cli.view.ErrorMessage;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.ServerAddress;
import io.datastored.cli.view.Terminal;
import io.datastored.client.DatastoredException;
import io.datastored.client.DrainListener;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import java.time.Duration;
import java.util.Optional;

/**
 * An awaited drain is a drain that the user waits for and may stop waiting for with Ctrl-C. The
 * mode stays set in every case, so the command that undoes it is shown. Confined to the command's
 * thread.
 *
 * @param undo empty if that command is not known
 */
record AwaitedDrain(
    ClientOptions client, Terminal screen, DrainRequest request, Optional<Undo> undo) {

  @SuppressWarnings("try") // a stop signal is there to be closed
  ExitStatus await(Connection connection) {
    try (StopSignal stop =
        StopSignal.install(client.server.requestTimeout, StopSignal.Ending.BY_SIGNAL)) {
      // Inside the try statement: the process ends once the signal is closed, and there is still
      // output to print.
      return ended(connection);
    }
  }

  private ExitStatus ended(Connection connection) {
    DrainView view = view();
    try {
      DrainResponse last = connection.streams().drain(request, shownBy(view, connection.server()));
      view.ended(last);
      ExitStatus status = DrainEnd.of(request.getDatastore(), last).status();
      if (status == ExitStatus.STILL_IN_USE) {
        tellTheWayBack();
      }
      return status;
    } catch (InterruptedException stopped) {
      client.err().printf("%s: stopped waiting; the maintenance mode is still set.%n", name());
      tellTheWayBack();
      return ExitStatus.INTERRUPTED;
    } catch (DatastoredException e) {
      throw client.failure(ErrorMessage.of(connection.server(), e));
    }
  }

  private static DrainListener shownBy(DrainView view, ServerAddress server) {
    return new DrainListener() {
      @Override
      public void onProgress(DrainResponse now) {
        view.waiting(now);
      }

      @Override
      public void onBroken(DatastoredException why, Duration nextAttemptIn) {
        view.broken(ErrorMessage.of(server, why).sentence(), nextAttemptIn);
      }
    };
  }

  private DrainView view() {
    if (client.isJson()) {
      return new DrainJson(client.out(), client.err());
    }
    return switch (screen) {
      case TERMINAL -> new DrainScreen(name(), client.out());
      case PLAIN -> new DrainLines(name(), client.out(), client.err());
    };
  }

  private void tellTheWayBack() {
    undo.ifPresent(way -> client.err().printf("To go back: %s%n", way.command()));
    client.err().flush();
  }

  private String name() {
    return request.getDatastore();
  }
}
