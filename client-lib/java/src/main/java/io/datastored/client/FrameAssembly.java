package io.datastored.client;

import io.datastored.v1.WatchGenerationResponse;
import io.datastored.v1.WatchGenerationResponse.FrameCase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A frame assembly collects the parts of a frame until it is complete. Confined to one thread at a
 * time.
 *
 * <p>A part is never applied alone: it has no revision, and a watch that resumed after it would
 * miss the others.
 */
final class FrameAssembly {

  private final List<WatchGenerationResponse> parts = new ArrayList<>();

  /** Adds a message; the result is all parts of the frame if the message completes it. */
  Optional<List<WatchGenerationResponse>> add(WatchGenerationResponse message) {
    parts.add(message);
    if (!message.hasRevision()) {
      return Optional.empty();
    }
    List<WatchGenerationResponse> whole = List.copyOf(parts);
    parts.clear();
    return Optional.of(whole);
  }

  /** Whether the parts so far are understood: all are of the same, known kind. */
  static boolean isKnown(List<WatchGenerationResponse> parts) {
    FrameCase kind = parts.get(0).getFrameCase();
    return kind != FrameCase.FRAME_NOT_SET
        && parts.stream().allMatch(part -> part.getFrameCase() == kind);
  }

  /** Discards an incomplete frame, because its stream has ended. */
  void clear() {
    parts.clear();
  }
}
