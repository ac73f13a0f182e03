package io.datastored.transport;

import com.google.common.base.Ticker;
import java.util.Optional;

/**
 * A frame budget decides whether the next frame of one connection may be read now. Confined to the
 * connection's event loop, except the bucket that all connections share.
 */
final class FrameBudget {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int END_STREAM = 1;

  /** Every this many bytes that the server sends for a call earn one control frame. */
  private static final int BYTES_THAT_EARN_A_FRAME = 512;

  private final TokenBucket control;
  private final TokenBucket resets;
  private final TokenBucket allResets;
  private int unearned;

  FrameBudget(Connections connections, Ticker ticker) {
    this.control = new TokenBucket(connections.limits().control(), ticker);
    this.resets = new TokenBucket(connections.limits().resets(), ticker);
    this.allResets = connections.resets();
  }

  /**
   * Pays for a frame; returns empty if the budget suffices, otherwise the limit that it exceeds.
   */
  Optional<Refusal> take(int type, int flags, int length) {
    if (type == HEADERS || type == DATA && (length > 0 || (flags & END_STREAM) != 0)) {
      return Optional.empty();
    }
    if (type == RST_STREAM) {
      return takeReset();
    }
    return control.take() ? Optional.empty() : Optional.of(Refusal.TOO_MANY_CONTROL_FRAMES);
  }

  private Optional<Refusal> takeReset() {
    if (!resets.take()) {
      return Optional.of(Refusal.TOO_MANY_RESETS);
    }
    if (!allResets.take()) {
      resets.add(1);
      return Optional.of(Refusal.TOO_MANY_RESETS);
    }
    return Optional.empty();
  }

  /** Counts a reset by the server, which the client has caused. */
  void resetSent() {
    // Not refused, because it is already written; the client's next ones are.
    if (resets.take()) {
      allResets.take();
    }
  }

  /** Counts bytes that the server has written for a call. */
  void sent(int bytes) {
    unearned += bytes;
    if (unearned >= BYTES_THAT_EARN_A_FRAME) {
      control.add(unearned / BYTES_THAT_EARN_A_FRAME);
      unearned %= BYTES_THAT_EARN_A_FRAME;
    }
  }

  boolean isCalm() {
    return control.isCalm() && resets.isCalm();
  }
}
