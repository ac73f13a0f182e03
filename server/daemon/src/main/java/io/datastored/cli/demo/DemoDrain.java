package io.datastored.cli.demo;

import io.datastored.cli.flag.Connection;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.DurationText;
import io.datastored.cli.view.ExitStatus;
import io.datastored.client.DatastoredException;
import io.datastored.client.DrainListener;
import io.datastored.client.ServerStreams;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.DrainState;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A demo drain is a drain that the demo follows on a separate thread. Thread-safe: its messages go
 * through a queue.
 */
final class DemoDrain implements DrainListener, AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final BlockingQueue<DrainResponse> heard = new LinkedBlockingQueue<>();
  private final Thread thread;

  private DemoDrain(ServerStreams server, DrainRequest request) {
    this.thread = new Thread(() -> follow(server, request), "demo-drain");
    thread.setDaemon(true);
  }

  static DemoDrain start(Connection connection, DrainRequest request) {
    var drain = new DemoDrain(connection.streams(), request);
    drain.thread.start();
    return drain;
  }

  private void follow(ServerStreams server, DrainRequest request) {
    try {
      heard.add(server.drain(request, this));
    } catch (InterruptedException | DatastoredException stopped) {
      // Either the demo is done with it, or it will notice that no message comes.
    }
  }

  @Override
  public void onProgress(DrainResponse now) {
    heard.add(now);
  }

  DrainResponse next() throws InterruptedException {
    DrainResponse next = heard.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    if (next == null) {
      throw new CommandFailed(
          ExitStatus.NO, "The drain told nothing for %s.".formatted(DurationText.print(PATIENCE)));
    }
    return next;
  }

  DrainResponse awaitEnd() throws InterruptedException {
    long begin = System.nanoTime();
    DrainResponse last = next();
    while (last.getState() == DrainState.DRAIN_STATE_DRAINING
        && Duration.ofNanos(System.nanoTime() - begin).compareTo(PATIENCE) < 0) {
      last = next();
    }
    return last;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
