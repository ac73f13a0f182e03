package io.datastored.service.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.access.Access;
import io.datastored.service.trace.RequestId;
import io.datastored.v1.DatastoreServiceGrpc;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a call knows of its caller, and for how long it keeps it. */
final class CallerTest {
  private static final Metadata.Key<String> REQUEST_ID =
      Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);

  private final AtomicReference<String> seen = new AtomicReference<>();

  @Test
  void anOpenStreamDoesNotKeepTheHeadersOfItsRequest() {
    Metadata headers = new Metadata();
    headers.put(REQUEST_ID, "backup-7");
    WeakReference<Metadata> kept = new WeakReference<>(headers);

    ServerCall.Listener<Object> open = open(headers);
    headers = null;

    assertThat(seen.get()).isEqualTo("backup-7");
    await()
        .until(
            () -> {
              System.gc();
              return kept.get() == null;
            });
    // Still open: it could be cancelled.
    open.onCancel();
  }

  /** A stream whose request is complete. */
  private ServerCall.Listener<Object> open(Metadata headers) {
    ServerCall.Listener<Object> listener =
        Caller.interceptor(Access.nothing())
            .interceptCall(
                new Stream(),
                headers,
                (call, metadata) ->
                    new ServerCall.Listener<>() {
                      @Override
                      public void onHalfClose() {
                        seen.set(RequestId.current().get());
                      }
                    });
    listener.onHalfClose();
    return listener;
  }

  /** A call without a transport. */
  private static final class Stream extends ServerCall<Object, Object> {
    @Override
    public void request(int messages) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(Object message) {}

    @Override
    public void close(Status status, Metadata trailers) {}

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public Attributes getAttributes() {
      return Attributes.EMPTY;
    }

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"})
    public MethodDescriptor<Object, Object> getMethodDescriptor() {
      return (MethodDescriptor) DatastoreServiceGrpc.getWatchGenerationMethod();
    }
  }
}
