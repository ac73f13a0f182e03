package io.datastored.client;

import io.datastored.v1.WatchGenerationResponse;
import io.datastored.v1.WatchGenerationResponse.FrameCase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A frame assembly keeps the parts of a frame until it is whole. Confined to the loop.
 *
 * <p>A part is never applied alone: it has no revision, and whoever resumed after it would miss the
 * others.
 */
final class FrameAssembly {

  private final List<WatchGenerationResponse> parts = new ArrayList<>();

  /** Adds a message; the parts of a frame when it completes one. */
  Optional<List<WatchGenerationResponse>> add(WatchGenerationResponse message) {
    parts.add(message);
    if (!message.hasRevision()) {
      return Optional.empty();
    }
    List<WatchGenerationResponse> whole = List.copyOf(parts);
    parts.clear();
    return Optional.of(whole);
  }

  /** Whether the parts so far can be understood: all of one kind, and of a known one. */
  static boolean isKnown(List<WatchGenerationResponse> parts) {
    FrameCase kind = parts.get(0).getFrameCase();
    return kind != FrameCase.FRAME_NOT_SET
        && parts.stream().allMatch(part -> part.getFrameCase() == kind);
  }

  /** The stream has ended: what it had begun is worth nothing. */
  void clear() {
    parts.clear();
  }
}
