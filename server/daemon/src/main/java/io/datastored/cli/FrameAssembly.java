package io.datastored.cli;

import io.datastored.v1.WatchGenerationResponse;
import io.datastored.v1.WatchGenerationResponse.FrameCase;
import java.util.Optional;

/**
 * A frame assembly keeps the parts of a frame until it is whole. Confined to the watch's thread.
 */
final class FrameAssembly {

  private WatchGenerationResponse.Builder parts = WatchGenerationResponse.newBuilder();

  /**
   * Adds a message of the stream.
   *
   * @return the frame, when the message was its last part: the one with a revision
   * @throws UnknownFrameException if the message is of a kind that this version does not know, or
   *     of another kind than the parts before it
   */
  Optional<WatchGenerationResponse> add(WatchGenerationResponse message)
      throws UnknownFrameException {
    FrameCase kind = message.getFrameCase();
    if (kind == FrameCase.FRAME_NOT_SET
        || (parts.getFrameCase() != FrameCase.FRAME_NOT_SET && parts.getFrameCase() != kind)) {
      throw new UnknownFrameException();
    }
    // Merging appends the lists, which is what parts are.
    parts.mergeFrom(message);
    if (!message.hasRevision()) {
      return Optional.empty();
    }
    WatchGenerationResponse frame = parts.build();
    parts = WatchGenerationResponse.newBuilder();
    return Optional.of(frame);
  }

  /** The contract's answer to such a frame is to watch again without a known revision. */
  static final class UnknownFrameException extends Exception {
    private static final long serialVersionUID = 1;
  }
}
