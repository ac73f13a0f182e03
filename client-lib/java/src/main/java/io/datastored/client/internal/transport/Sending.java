package io.datastored.client.internal.transport;

import io.datastored.client.internal.loop.ClientClock;
import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;

/**
 * A sending records when a request is sent. Thread-safe: written by the thread that assigns the
 * call to a connection, before it sends anything, and so before the server can have received the
 * request.
 */
final class Sending extends ClientStreamTracer.Factory {

  private final ClientClock clock;
  private volatile long at;
  private volatile boolean begun;

  Sending(ClientClock clock) {
    this.clock = clock;
    this.at = clock.now();
  }

  /** The time of sending by the monotonic clock; the time of the call if it is not sent yet. */
  long at() {
    return at;
  }

  /** Whether the request may have been sent; false: it is certainly not sent yet. */
  boolean hasBegun() {
    return begun;
  }

  @Override
  public ClientStreamTracer newClientStreamTracer(
      ClientStreamTracer.StreamInfo info, Metadata headers) {
    return new ClientStreamTracer() {
      @Override
      public void streamCreated(Attributes transport, Metadata sent) {
        at = clock.now();
        begun = true;
      }
    };
  }
}
