package io.datastored.transport;

import com.google.common.base.Ticker;
import java.util.Optional;

/**
 * A frame budget says whether one connection may have a frame read now. Confined to the
 * connection's event loop, except the bucket that all connections share.
 */
final class FrameBudget {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int END_STREAM = 1;

  /** What the server sends on behalf of a call earns one control frame for as many bytes. */
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

  /** Takes the frame's price; empty when it can be paid, else what it would be too much of. */
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

  /** A frame of the server's that ends a call by a reset: the client made it do so. */
  void resetSent() {
    // Not refused, for it is written already; the client's next ones are.
    if (resets.take()) {
      allResets.take();
    }
  }

  /** Bytes that the server has written for a call. */
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
