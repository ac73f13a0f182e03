package io.datastored.client;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;

/**
 * A sending notes when a request goes out. Thread-safe: it is written by the thread that takes the
 * connection, before that sends anything, and so before the server can have received it.
 */
final class Sending extends ClientStreamTracer.Factory {

  private final ClientClock clock;
  private volatile long at;

  Sending(ClientClock clock) {
    this.clock = clock;
    this.at = clock.now();
  }

  /** When, by the monotonic clock; when the call was made, if it has not gone out. */
  long at() {
    return at;
  }

  @Override
  public ClientStreamTracer newClientStreamTracer(
      ClientStreamTracer.StreamInfo info, Metadata headers) {
    return new ClientStreamTracer() {
      @Override
      public void streamCreated(Attributes transport, Metadata sent) {
        at = clock.now();
      }
    };
  }
}
