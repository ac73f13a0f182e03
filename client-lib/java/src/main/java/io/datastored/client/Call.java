package io.datastored.client;

/** A call is one request under way, which can be given up. Confined to the loop. */
interface Call {

  /** Gives it up: nothing is heard of it any more. */
  void cancel();

  /** What a call brings, on the loop: one of the two, once. */
  interface Answer<A> {

    /**
     * @param sentAt a moment before the request went out, by the monotonic clock: later than the
     *     call was made, if it had to wait for a connection
     */
    void answered(A answer, long sentAt);

    void failed(Failure failure);
  }

  /** What a stream brings, on the loop: messages, and then its end. */
  interface Messages<A> {

    /**
     * @param arrivedAt when, by the monotonic clock
     */
    void message(A message, long arrivedAt);

    void ended(Failure failure);
  }
}
