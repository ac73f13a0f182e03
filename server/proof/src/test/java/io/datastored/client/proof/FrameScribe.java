package io.datastored.client.proof;

import io.datastored.client.AppliedFrame;
import io.datastored.client.ClientListener;
import io.datastored.proof.history.Digest;
import io.datastored.proof.history.HistoryFile;
import io.datastored.proof.history.Kind;
import io.datastored.v1.Datastore;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A frame scribe writes down each frame that a client applies, and what came with it. Thread-safe:
 * under its own lock.
 */
final class FrameScribe implements ClientListener {

  private final HistoryFile history;
  private final Map<String, Datastore> datastores = new TreeMap<>();
  private String revision = "";

  FrameScribe(HistoryFile history) {
    this.history = history;
  }

  @Override
  public synchronized void onFrame(AppliedFrame frame) {
    frame.removed().forEach(datastores::remove);
    frame.datastores().forEach(datastore -> datastores.put(datastore.getName(), datastore));
    revision = frame.revision().getIncarnation() + ":" + frame.revision().getGeneration();
    history.add(
        Kind.DELIVERED,
        "revision",
        revision,
        "frame",
        frame.kind().name().toLowerCase(Locale.ROOT),
        "digest",
        Digest.of(datastores.values()),
        "generations",
        frame.generations());
    for (Datastore datastore : frame.datastores()) {
      history.add(
          Kind.SEEN,
          "datastore",
          datastore.getName(),
          "generation",
          datastore.getGeneration(),
          "mode",
          datastore.getMaintenance().getMode().name().replace("MAINTENANCE_MODE_", ""),
          "content",
          datastore.getSettings().getComment(),
          "revision",
          revision);
    }
  }

  /** Writes down what the client has now; false if it has nothing yet. */
  synchronized boolean writeState() {
    if (revision.isEmpty()) {
      return false;
    }
    history.add(Kind.STATE, "revision", revision, "digest", Digest.of(datastores.values()));
    return true;
  }
}
