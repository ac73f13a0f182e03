package io.datastored.bench;

import static io.datastored.v1.DatastoreServiceGrpc.getWatchGenerationMethod;

import io.datastored.v1.WatchGenerationResponse;
import io.datastored.v1.WatchGenerationResponse.FrameCase;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * First frames are the kinds and sizes of the first frames of watches. Thread-safe: guarded by its
 * own lock.
 */
final class FirstFrames implements ClientInterceptor {

  private final Map<FrameCase, List<Integer>> bytesByKind = new EnumMap<>(FrameCase.class);

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    ClientCall<Q, A> call = next.newCall(method, options);
    if (!method.getFullMethodName().equals(getWatchGenerationMethod().getFullMethodName())) {
      return call;
    }
    return new SimpleForwardingClientCall<>(call) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        super.start(new Watch<>(listener), headers);
      }
    };
  }

  /** Adds up the parts of the first frame. */
  private final class Watch<A> extends SimpleForwardingClientCallListener<A> {
    private int bytes;
    private boolean begun;

    Watch(ClientCall.Listener<A> listener) {
      super(listener);
    }

    @Override
    public void onMessage(A message) {
      if (!begun && message instanceof WatchGenerationResponse part) {
        bytes += part.getSerializedSize();
        if (part.hasRevision()) {
          begun = true;
          add(part.getFrameCase(), bytes);
        }
      }
      super.onMessage(message);
    }
  }

  private synchronized void add(FrameCase kind, int bytes) {
    bytesByKind.computeIfAbsent(kind, any -> new ArrayList<>()).add(bytes);
  }

  synchronized void forget() {
    bytesByKind.clear();
  }

  synchronized int count(FrameCase kind) {
    return bytesByKind.getOrDefault(kind, List.of()).size();
  }

  /**
   * A summary for people: the number of frames of each kind, and the size of the largest in bytes.
   */
  synchronized String told() {
    List<String> parts = new ArrayList<>();
    bytesByKind.forEach(
        (kind, sizes) ->
            parts.add(
                "%d %s of at most %d bytes"
                    .formatted(
                        sizes.size(),
                        kind,
                        sizes.stream().mapToInt(size -> size).max().orElse(0))));
    return parts.isEmpty() ? "none" : String.join(", ", parts);
  }
}
