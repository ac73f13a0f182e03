package io.datastored.cli.demo;

import io.datastored.cli.flag.Connection;
import io.datastored.cli.view.WatchedDatastores;
import io.datastored.cli.view.WatchedDatastores.News;
import io.datastored.client.ServerStreams;
import io.datastored.v1.DatastoreView;
import io.datastored.v1.WatchGenerationRequest;
import java.util.List;

/** A demo watcher is a remote client that watches everything. Stateless. */
final class DemoWatcher {

  private static final WatchGenerationRequest EVERYTHING =
      WatchGenerationRequest.newBuilder().setView(DatastoreView.DATASTORE_VIEW_FULL).build();

  private DemoWatcher() {}

  /** The news of a frame, its generation, and its time of arrival. */
  record Heard(long generation, List<News> news, long nanoTime) {}

  /** Starts to watch; a frame without news is left out. */
  static DemoStream<Heard> start(Connection connection) {
    ServerStreams server = connection.streams();
    var datastores = new WatchedDatastores();
    return DemoStream.start(
        "watcher",
        received ->
            server.watch(
                EVERYTHING,
                frame -> {
                  List<News> news = datastores.apply(frame);
                  if (!news.isEmpty()) {
                    received.accept(
                        new Heard(frame.getRevision().getGeneration(), news, System.nanoTime()));
                  }
                }));
  }
}
