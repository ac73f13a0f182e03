package io.datastored.bench.load;

import com.google.common.io.ByteStreams;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Etcd is the etcd server, if it is on the path, with the calls that are compared. Stateless. Its
 * answers are not parsed, so this client costs it less than ours costs datastored.
 */
final class Etcd {

  // Declared first: the methods use it.
  private static final MethodDescriptor.Marshaller<byte[]> RAW = new Raw();

  static final MethodDescriptor<byte[], byte[]> RANGE =
      method("etcdserverpb.KV/Range", MethodDescriptor.MethodType.UNARY);
  static final MethodDescriptor<byte[], byte[]> PUT =
      method("etcdserverpb.KV/Put", MethodDescriptor.MethodType.UNARY);
  static final MethodDescriptor<byte[], byte[]> WATCH =
      method("etcdserverpb.Watch/Watch", MethodDescriptor.MethodType.BIDI_STREAMING);

  private static final int KEY = 1;
  private static final int VALUE = 2;
  private static final int SERIALIZABLE = 7;
  private static final int CREATE_REQUEST = 1;
  private static final int EVENTS = 11;

  /** Whether a read may be answered without asking the other members. */
  enum Consistency {
    LINEARIZABLE,
    SERIALIZABLE
  }

  private Etcd() {}

  /** The path of the server; empty if it is not installed. */
  static Optional<Path> program() {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .map(directory -> Path.of(directory).resolve("etcd"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts a cluster of one member. */
  static ChildServer start(Path program, Path data) throws IOException {
    int port = ChildServer.freePort();
    String client = "http://127.0.0.1:" + port;
    String peer = "http://127.0.0.1:" + ChildServer.freePort();
    ProcessBuilder command =
        new ProcessBuilder(
                program.toString(),
                "--data-dir",
                data.toString(),
                "--listen-client-urls",
                client,
                "--advertise-client-urls",
                client,
                "--listen-peer-urls",
                peer,
                "--initial-advertise-peer-urls",
                peer,
                "--initial-cluster",
                "default=" + peer,
                "--max-concurrent-streams",
                "100000",
                "--log-level",
                "error")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    return ChildServer.start(port, command);
  }

  static byte[] range(String key, Consistency consistency) {
    return bytes(
        out -> {
          out.writeByteArray(KEY, key.getBytes(StandardCharsets.UTF_8));
          if (consistency == Consistency.SERIALIZABLE) {
            out.writeBool(SERIALIZABLE, true);
          }
        });
  }

  static byte[] put(String key, byte[] value) {
    return bytes(
        out -> {
          out.writeByteArray(KEY, key.getBytes(StandardCharsets.UTF_8));
          out.writeByteArray(VALUE, value);
        });
  }

  static byte[] watch(String key) {
    byte[] create = bytes(out -> out.writeByteArray(KEY, key.getBytes(StandardCharsets.UTF_8)));
    return bytes(out -> out.writeByteArray(CREATE_REQUEST, create));
  }

  /** Whether an answer of a watch contains events. */
  static boolean hasEvents(byte[] answer) {
    try {
      CodedInputStream in = CodedInputStream.newInstance(answer);
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag >>> 3 == EVENTS) {
          return true;
        }
        boolean unused = in.skipField(tag);
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Writing {
    void to(CodedOutputStream out) throws IOException;
  }

  private static byte[] bytes(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      writing.to(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static MethodDescriptor<byte[], byte[]> method(
      String name, MethodDescriptor.MethodType type) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(type)
        .setFullMethodName(name)
        .setRequestMarshaller(RAW)
        .setResponseMarshaller(RAW)
        .build();
  }

  private static final class Raw implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return ByteStreams.toByteArray(stream);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
