package io.datastored.client.internal.transport;

import org.jspecify.annotations.Nullable;

/** A call is one request in progress, which can be cancelled. Confined to the loop. */
public interface Call {

  /** Cancels the call; its callbacks are not called afterwards. */
  void cancel();

  /** Cancels a call, if there is one. */
  static void cancel(@Nullable Call call) {
    if (call != null) {
      call.cancel();
    }
  }

  /**
   * An answer receives the message of a call that was answered. For each call either it or the
   * consumer of the failure is called, once and on the loop.
   */
  @FunctionalInterface
  interface Answer<A> {

    /**
     * @param sentAt a moment before the request was sent, by the monotonic clock; later than the
     *     call was made if the call had to wait for a connection
     */
    void accept(A answer, long sentAt);
  }

  /** Messages receive the content of a stream, on the loop: its messages, and then its end. */
  interface Messages<A> {

    /**
     * @param arrivedAt when the message arrived, by the monotonic clock
     */
    void message(A message, long arrivedAt);

    void ended(Failure failure);
  }
}
