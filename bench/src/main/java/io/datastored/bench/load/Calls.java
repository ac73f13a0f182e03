package io.datastored.bench.load;

import io.grpc.Channel;

/** Calls are the repeated requests of a load. Thread-safe. */
interface Calls {

  /** Makes the n-th call and reports its end. */
  void start(Channel channel, int n, Ended ended);

  /** A callback for the end of a call. */
  interface Ended {
    void ended(boolean well);
  }

  /** Makes one call after the other and reports them as one. */
  static Calls both(Calls first, Calls second) {
    return (channel, n, ended) ->
        first.start(
            channel,
            n,
            well -> {
              if (well) {
                second.start(channel, n, ended);
              } else {
                ended.ended(false);
              }
            });
  }
}
