package io.datastored.client.internal.transport;

import io.datastored.v1.CloseSessionRequest;
import io.datastored.v1.CloseSessionResponse;
import io.datastored.v1.SessionServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A left server is a server that a client has left for another one: what it has sent there goes on,
 * and nothing new is sent but the end of its session. Confined to the loop.
 */
public final class LeftServer {

  private final ManagedChannel channel;

  LeftServer(ManagedChannel channel) {
    this.channel = channel;
  }

  /**
   * Ends a session there, and closes the connection. Sent once, and not to a server that has no
   * connection: if it does not arrive, the session ends with its ttl.
   *
   * @param done is run when it is answered or has failed, on any thread
   * @return whether it may have been sent
   */
  public boolean closeSession(String id, Duration timeout, Runnable done) {
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      end();
      return false;
    }
    ClientCalls.asyncUnaryCall(
        channel.newCall(
            SessionServiceGrpc.getCloseSessionMethod(),
            CallOptions.DEFAULT.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS)),
        CloseSessionRequest.newBuilder().setSessionId(id).build(),
        new StreamObserver<CloseSessionResponse>() {
          @Override
          public void onNext(CloseSessionResponse answer) {
            // Whether there was still a session makes no difference.
          }

          @Override
          public void onError(Throwable failure) {
            onCompleted();
          }

          @Override
          public void onCompleted() {
            end();
            done.run();
          }
        });
    return true;
  }

  /** Closes the connection; what is still in progress fails. */
  public void end() {
    ManagedChannel unused = channel.shutdownNow();
  }

  /** Closes the connection when what is still in progress has ended. */
  public void endLater() {
    ManagedChannel unused = channel.shutdown();
  }
}
