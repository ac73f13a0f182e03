package io.datastored.service.wire;

import com.google.protobuf.MessageLite;
import io.datastored.access.Shares;
import io.datastored.access.Subject;

/**
 * An unread answer is the room that the answer of one call takes until its client has read it.
 * Thread-safe under its own lock: the answer and the end of the call may come at the same time.
 */
final class UnreadAnswer {

  /** Smaller answers are not counted: a call in flight costs as much anyway. */
  private static final int SMALLEST_COUNTED = 1024;

  private final Shares shares;
  private final Subject by;
  private int bytes;
  private boolean over;

  UnreadAnswer(Shares shares, Subject by) {
    this.shares = shares;
    this.by = by;
  }

  /** Takes room for the answer; false if there is none. */
  boolean tryBegin(MessageLite answer) {
    int size = answer.getSerializedSize();
    return size < SMALLEST_COUNTED || tryBegin(size);
  }

  private synchronized boolean tryBegin(int size) {
    // A call that has already ended would never give the bytes back, and sends nothing.
    if (over) {
      return true;
    }
    if (!shares.tryTake(by, size)) {
      return false;
    }
    bytes = size;
    return true;
  }

  /** The call has ended: the transport holds nothing of it. Idempotent. */
  synchronized void end() {
    over = true;
    if (bytes > 0) {
      shares.add(by.identity().principal(), -bytes);
      bytes = 0;
    }
  }
}
