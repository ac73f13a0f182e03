package io.datastored.client.internal.transport;

import io.datastored.client.internal.loop.ClientClock;
import io.datastored.client.internal.loop.Loop;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;

/** A stream call is a stream of messages from the server. Confined to the loop. */
final class StreamCall<Q, A> extends ClientCall.Listener<A> implements Call {
  static final String UNUSED = "not needed any more";

  private final ClientCall<Q, A> call;
  private final Messages<A> messages;
  private final Loop loop;
  private final ClientClock clock;
  private boolean over;

  StreamCall(ClientCall<Q, A> call, Messages<A> messages, Loop loop, ClientClock clock) {
    this.call = call;
    this.messages = messages;
    this.loop = loop;
    this.clock = clock;
  }

  void send(Q request) {
    call.start(this, new Metadata());
    call.request(1);
    call.sendMessage(request);
    call.halfClose();
  }

  @Override
  public void onMessage(A message) {
    long arrivedAt = clock.now();
    loop.execute(
        () -> {
          if (!over) {
            messages.message(message, arrivedAt);
            // Request the next message only now: changes that are not applied yet wait at the
            // server, where they are merged, and not here.
            call.request(1);
          }
        });
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    loop.execute(
        () -> {
          if (!over) {
            over = true;
            messages.ended(Failure.of(status.asRuntimeException(trailers)));
          }
        });
  }

  @Override
  public void cancel() {
    if (!over) {
      over = true;
      call.cancel(UNUSED, null);
    }
  }
}
