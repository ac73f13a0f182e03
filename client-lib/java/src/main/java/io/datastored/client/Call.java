package io.datastored.client;

/** A call is one request under way, which can be given up. Confined to the loop. */
interface Call {

  /** Gives it up: nothing is heard of it any more. */
  void cancel();

  /** What a call brings, on the loop: one of the two, once. */
  interface Answer<A> {
    void answered(A answer);

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
