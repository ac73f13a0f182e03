package io.datastored.cli.view;

import io.datastored.cli.view.WatchedDatastores.News;
import io.datastored.client.DatastoredException;
import io.datastored.client.FrameListener;
import io.datastored.v1.SnapshotReason;
import io.datastored.v1.WatchGenerationResponse;
import io.datastored.v1.WatchGenerationResponse.FrameCase;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * A watch report prints what a watch receives, one line per datastore. Confined to the watch's
 * thread.
 */
public final class WatchReport implements FrameListener {

  private final PrintWriter out;
  private final PrintWriter err;
  private final OutputFormat format;
  private final ServerAddress server;
  private final BiConsumer<String, WatchGenerationResponse> action;
  private final WatchedDatastores datastores = new WatchedDatastores();

  /** Whether the next frame is the first one of a stream. */
  private boolean fresh = true;

  /**
   * @param action receives the name of each datastore that differs from what was known of it, and
   *     the change as a frame of its own
   */
  public WatchReport(
      PrintWriter out,
      PrintWriter err,
      OutputFormat format,
      ServerAddress server,
      BiConsumer<String, WatchGenerationResponse> action) {
    this.out = out;
    this.err = err;
    this.format = format;
    this.server = server;
    this.action = action;
  }

  @Override
  public void onFrame(WatchGenerationResponse frame) {
    List<News> news = datastores.apply(frame);
    switch (format) {
      case JSON -> out.println(Json.line(frame));
      case TABLE -> print(frame, news);
    }
    fresh = false;
    for (News item : news) {
      action.accept(item.datastore(), datastores.frame(item.datastore(), frame.getRevision()));
    }
  }

  private void print(WatchGenerationResponse frame, List<News> news) {
    String start =
        "%s %s"
            .formatted(
                Instant.now().truncatedTo(ChronoUnit.MILLIS), Labels.of(frame.getRevision()));
    if (fresh || frame.getFrameCase() == FrameCase.SNAPSHOT) {
      out.println(start + " " + heading(frame));
    }
    for (News item : news) {
      out.println(VisibleText.of(start + " " + item.datastore() + " " + item.what()));
    }
    if (frame.getChange().getGenerations() > 1) {
      out.printf("%s (%d generations in one)%n", start, frame.getChange().getGenerations());
    }
  }

  private String heading(WatchGenerationResponse frame) {
    return switch (frame.getFrameCase()) {
      case SNAPSHOT ->
          HumanFormat.count(datastores.size(), "datastore")
              + why(frame.getSnapshot().getReason())
              + (frame.getFiltered() ? "; " + Labels.FILTERED : "");
      case CHANGE -> "connected again; changed in the meantime:";
      case BOOKMARK, FRAME_NOT_SET -> "connected again; nothing has changed";
    };
  }

  private static String why(SnapshotReason reason) {
    return switch (reason) {
      case SNAPSHOT_REASON_REQUESTED, SNAPSHOT_REASON_UNSPECIFIED, UNRECOGNIZED -> "";
      case SNAPSHOT_REASON_TOO_OLD -> " (all sent again: away for too long)";
      case SNAPSHOT_REASON_WRONG_INCARNATION -> " (all sent again: the server has another history)";
      case SNAPSHOT_REASON_AHEAD -> " (all sent again: the server went back to an earlier state)";
      case SNAPSHOT_REASON_RIGHTS_CHANGED -> " (all sent again: your rights may have changed)";
    };
  }

  @Override
  public void onBroken(DatastoredException why, Duration nextAttemptIn) {
    err.printf(
        "%s Retrying in %s.%n",
        VisibleText.of(ErrorMessage.of(server, why).sentence()), DurationText.print(nextAttemptIn));
    err.flush();
    fresh = true;
  }

  /**
   * False once the reader has closed the pipe, as in {@code datastored watch
   *
   * head}.
   */
  @Override
  public boolean wantsMore() {
    return !out.checkError();
  }
}
