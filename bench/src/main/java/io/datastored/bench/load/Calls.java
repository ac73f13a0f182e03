package io.datastored.bench.load;

import io.grpc.Channel;

/** Calls are what a load makes again and again. Thread-safe. */
interface Calls {

  /** Makes the n-th and says how it has ended. */
  void start(Channel channel, int n, Ended ended);

  /** Hears how a call has ended. */
  interface Ended {
    void ended(boolean well);
  }

  /** One after the other, as one. */
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
