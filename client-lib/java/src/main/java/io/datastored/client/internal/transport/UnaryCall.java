package io.datastored.client.internal.transport;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A unary call is one request to the server and its answer. Confined to the loop. */
final class UnaryCall<Q, A> extends ClientCall.Listener<A> implements Call {

  /** What happens to a call when its connection is given up. */
  enum Kind {
    /** It fails, and its caller repeats it. */
    REPEATED,
    /** It times out, which counts against the connection, and its caller repeats it. */
    HEARTBEAT,
    /**
     * It must not be repeated: if the client moves to another server, it goes on where it was sent,
     * or is sent to that one if it was certainly never sent.
     */
    ONCE
  }

  private static final Status GIVEN_UP =
      Status.UNAVAILABLE.withDescription("no answer on this connection; it is closed");

  private final ServerChannel owner;
  private final ClientCall<Q, A> call;
  private final MethodDescriptor<Q, A> method;
  private final Answer<A> answered;
  private final Consumer<Failure> failed;
  private final Sending sending;
  private final Kind kind;
  private final Runnable again;
  private final long madeAt;
  private @Nullable A message;
  private boolean over;

  /**
   * @param again makes the same call once more
   */
  UnaryCall(
      ServerChannel owner,
      ClientCall<Q, A> call,
      MethodDescriptor<Q, A> method,
      Answer<A> answered,
      Consumer<Failure> failed,
      Sending sending,
      Kind kind,
      Runnable again) {
    this.owner = owner;
    this.call = call;
    this.method = method;
    this.answered = answered;
    this.failed = failed;
    this.sending = sending;
    this.kind = kind;
    this.again = again;
    this.madeAt = owner.clock().now();
  }

  Kind kind() {
    return kind;
  }

  long madeAt() {
    return madeAt;
  }

  void send(Q request) {
    call.start(this, new Metadata());
    call.request(2);
    call.sendMessage(request);
    call.halfClose();
  }

  @Override
  public void onMessage(A received) {
    message = received;
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    owner.loop().execute(() -> closed(status, trailers));
  }

  private void closed(Status status, Metadata trailers) {
    if (over) {
      return;
    }
    over = true;
    String name = method.getBareMethodName();
    owner.ended(this, name == null ? method.getFullMethodName() : name, status);
    A received = message;
    if (status.isOk() && received != null) {
      long sentAt = sending.at();
      owner.detector().answered(owner.clock().since(sentAt));
      answered.accept(received, sentAt);
      return;
    }
    Failure failure = Failure.of(status.asRuntimeException(trailers));
    if (failure.isTimeOut()) {
      owner.missed(this);
    } else if (failure.refusal().isPresent()) {
      owner.detector().responded();
    }
    failed.accept(failure);
  }

  /**
   * Takes the call back if it was certainly never sent. If it is sent at this moment, it fails.
   *
   * <p>Cancelled, then looked at: what is sent begins before it may be cancelled, and what was
   * cancelled before never begins. In the other order: looked at, not sent | a connection is made,
   * and the call sent on it | cancelled, and sent once more at another server.
   *
   * @return whether to make it {@link #again}
   */
  boolean withdraw() {
    if (over || sending.hasBegun()) {
      return false;
    }
    giveUp();
    if (sending.hasBegun()) {
      return false;
    }
    over = true;
    owner.withdrawn(this);
    return true;
  }

  void again() {
    again.run();
  }

  /** Fails the call with its connection; an answer that has already arrived comes first. */
  void giveUp() {
    owner.loop().execute(() -> closed(GIVEN_UP, new Metadata()));
    call.cancel(StreamCall.UNUSED, null);
  }

  @Override
  public void cancel() {
    if (!over) {
      over = true;
      // A call that has waited and is cancelled, as its term is over, counts as unanswered.
      owner.cancelled(this);
      call.cancel(StreamCall.UNUSED, null);
    }
  }
}
