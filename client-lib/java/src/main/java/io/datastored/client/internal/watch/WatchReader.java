package io.datastored.client.internal.watch;

import io.datastored.client.internal.loop.WireTimes;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import io.datastored.v1.WatchGenerationResponse.FrameCase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A watch reader turns the messages of a watch, on one stream after the other, into complete
 * frames. Confined to one thread at a time.
 *
 * <p>A part is never applied alone: it has no revision, and a watch that resumed after it would
 * miss the others.
 */
public final class WatchReader {

  /** A reading is what a message completes. */
  public enum Reading {
    /** Nothing yet: it is a part of a frame. */
    PART,
    /** A frame. */
    FRAME,
    /** Nothing that this version understands; the watch must begin again with a snapshot. */
    UNKNOWN
  }

  /** By the contract, a client abandons a stream that is silent for three bookmark intervals. */
  private static final int INTERVALS = 3;

  private final List<WatchGenerationResponse> parts = new ArrayList<>();
  private List<WatchGenerationResponse> frame = List.of();
  private Duration interval;

  public WatchReader(WatchGenerationRequest request) {
    this.interval = WireTimes.duration(request.getBookmarkInterval());
  }

  /** Discards an incomplete frame, because its stream has ended. */
  public void clear() {
    parts.clear();
  }

  public Reading read(WatchGenerationResponse message) {
    parts.add(message);
    FrameCase kind = message.getFrameCase();
    if (kind == FrameCase.FRAME_NOT_SET) {
      return Reading.UNKNOWN;
    }
    if (!message.hasRevision()) {
      return Reading.PART;
    }
    frame = List.copyOf(parts);
    parts.clear();
    if (message.hasBookmark() && message.getBookmark().hasInterval()) {
      interval = WireTimes.duration(message.getBookmark().getInterval());
    }
    return frame.stream().allMatch(part -> part.getFrameCase() == kind)
        ? Reading.FRAME
        : Reading.UNKNOWN;
  }

  /** The parts of the frame that was completed last. */
  public List<WatchGenerationResponse> frame() {
    return frame;
  }

  /**
   * The longest time without a message on a stream that is not dead, by the requested interval
   * until a bookmark reports the one that the server granted.
   */
  public Duration longestSilence() {
    return interval.multipliedBy(INTERVALS);
  }
}
