package io.datastored.daemon;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * Served histories are those that one process serves, one after the other: the next one when an
 * operator has put it in the place of the one before. Stateless.
 *
 * <p>Each has a daemon of its own, as after a restart of the process: nothing that was promised, or
 * shown to a client, of one history is taken for something of another.
 */
public final class ServedHistories {

  private ServedHistories() {}

  /**
   * Serves until the calling thread is interrupted.
   *
   * @param started is told of each daemon that has started
   * @return why nothing can be served any more
   * @throws DaemonStartException with one sentence for the operator; then nothing keeps running
   */
  public static Optional<String> serve(DaemonOptions options, Consumer<Daemon> started)
      throws DaemonStartException, InterruptedException {
    while (true) {
      try (Daemon daemon = Daemon.start(options)) {
        started.accept(daemon);
        daemon.awaitStop();
        if (!daemon.isReplaced()) {
          return daemon.lost();
        }
      }
    }
  }
}
