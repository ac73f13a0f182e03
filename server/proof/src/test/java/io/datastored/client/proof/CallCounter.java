package io.datastored.client.proof;

import io.datastored.proof.site.Site;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.HandlerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A call counter stands in front of a server, counts the calls that arrive, by name, and hands them
 * on byte for byte. Thread-safe.
 */
final class CallCounter implements AutoCloseable {

  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  private final Map<String, LongAdder> calls = new ConcurrentHashMap<>();
  private final ManagedChannel onward;
  private final Server server;

  private CallCounter(ManagedChannel onward) throws IOException {
    this.onward = onward;
    this.server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .fallbackHandlerRegistry(
                new HandlerRegistry() {
                  @Override
                  public ServerMethodDefinition<?, ?> lookupMethod(
                      String method, String authority) {
                    return ServerMethodDefinition.create(raw(method), counting(method));
                  }
                })
            .build()
            .start();
  }

  static CallCounter before(Site site) throws IOException {
    return new CallCounter(site.connect().channel());
  }

  String target() {
    return InetAddress.getLoopbackAddress().getHostAddress() + ":" + server.getPort();
  }

  /** Calls so far with a name like {@code Lookup}. */
  long of(String method) {
    LongAdder count = calls.get(method);
    return count == null ? 0 : count.sum();
  }

  private static MethodDescriptor<byte[], byte[]> raw(String method) {
    return MethodDescriptor.<byte[], byte[]>newBuilder(BYTES, BYTES)
        .setFullMethodName(method)
        .setType(MethodDescriptor.MethodType.UNKNOWN)
        .build();
  }

  private ServerCallHandler<byte[], byte[]> counting(String method) {
    String name = method.substring(method.lastIndexOf('/') + 1);
    return (call, headers) -> {
      calls.computeIfAbsent(name, any -> new LongAdder()).increment();
      // With the deadline of the call, and cancelled with it.
      ClientCall<byte[], byte[]> next = onward.newCall(raw(method), CallOptions.DEFAULT);
      next.start(new Back(call, next), headers);
      call.request(1);
      next.request(1);
      return new Forth(call, next);
    };
  }

  /** From the client to the server. */
  private static final class Forth extends ServerCall.Listener<byte[]> {
    private final ServerCall<byte[], byte[]> from;
    private final ClientCall<byte[], byte[]> to;

    Forth(ServerCall<byte[], byte[]> from, ClientCall<byte[], byte[]> to) {
      this.from = from;
      this.to = to;
    }

    @Override
    public void onMessage(byte[] message) {
      to.sendMessage(message);
      from.request(1);
    }

    @Override
    public void onHalfClose() {
      to.halfClose();
    }

    @Override
    public void onCancel() {
      to.cancel("the client has cancelled", null);
    }
  }

  /** From the server to the client. */
  private static final class Back extends ClientCall.Listener<byte[]> {
    private final ServerCall<byte[], byte[]> to;
    private final ClientCall<byte[], byte[]> from;
    private boolean headersSent;

    Back(ServerCall<byte[], byte[]> to, ClientCall<byte[], byte[]> from) {
      this.to = to;
      this.from = from;
    }

    @Override
    public void onHeaders(Metadata headers) {
      headersSent = true;
      to.sendHeaders(headers);
    }

    @Override
    public void onMessage(byte[] message) {
      if (!headersSent) {
        onHeaders(new Metadata());
      }
      to.sendMessage(message);
      from.request(1);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      to.close(status, trailers);
    }
  }

  @Override
  public void close() throws InterruptedException {
    server.shutdownNow();
    onward.shutdownNow();
    boolean unused =
        server.awaitTermination(10, TimeUnit.SECONDS)
            && onward.awaitTermination(10, TimeUnit.SECONDS);
  }
}
