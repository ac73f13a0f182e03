package io.datastored.cli.demo;

import io.datastored.cli.flag.Connection;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.DurationText;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.WatchedDatastores;
import io.datastored.cli.view.WatchedDatastores.News;
import io.datastored.client.DatastoredException;
import io.datastored.client.FrameListener;
import io.datastored.client.ServerStreams;
import io.datastored.v1.DatastoreView;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A demo watcher is a remote client on a separate thread. Thread-safe: its frames go through a
 * queue.
 */
final class DemoWatcher implements FrameListener, AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final WatchGenerationRequest EVERYTHING =
      WatchGenerationRequest.newBuilder().setView(DatastoreView.DATASTORE_VIEW_FULL).build();

  /** The news of a frame, its generation, and its time of arrival. */
  record Heard(long generation, List<News> news, long nanoTime) {}

  private final WatchedDatastores datastores = new WatchedDatastores();
  private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
  private final Thread thread;

  private DemoWatcher(ServerStreams server) {
    this.thread = new Thread(() -> follow(server), "demo-watcher");
    thread.setDaemon(true);
  }

  static DemoWatcher start(Connection connection) {
    var watcher = new DemoWatcher(connection.streams());
    watcher.thread.start();
    return watcher;
  }

  private void follow(ServerStreams server) {
    try {
      server.watch(EVERYTHING, this);
    } catch (InterruptedException | DatastoredException stopped) {
      // Either the demo is over, or it will notice that no frame comes.
    }
  }

  /** The next frame with news. */
  Heard next() throws InterruptedException {
    Heard next = heard.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    if (next == null) {
      throw new CommandFailed(
          ExitStatus.NO,
          "The watcher was told nothing for %s.".formatted(DurationText.print(PATIENCE)));
    }
    return next;
  }

  @Override
  public void onFrame(WatchGenerationResponse frame) {
    List<News> news = datastores.apply(frame);
    if (!news.isEmpty()) {
      heard.add(new Heard(frame.getRevision().getGeneration(), news, System.nanoTime()));
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
