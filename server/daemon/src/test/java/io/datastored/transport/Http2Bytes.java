package io.datastored.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.common.primitives.Bytes;
import java.nio.ByteBuffer;

/** Frames of HTTP/2 as a client that keeps no rule would write them. Stateless. */
public final class Http2Bytes {
  public static final int DATA = 0;
  public static final int HEADERS = 1;
  public static final int PRIORITY = 2;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;
  public static final int PING = 6;
  public static final int GOAWAY = 7;
  public static final int WINDOW_UPDATE = 8;
  public static final int CONTINUATION = 9;

  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);

  private Http2Bytes() {}

  /** How every connection begins. */
  public static byte[] opening() {
    return Bytes.concat(PREFACE, frame(SETTINGS, 0, 0));
  }

  public static byte[] frame(int type, int flags, int stream, byte... payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .put((byte) (payload.length >> 16))
        .put((byte) (payload.length >> 8))
        .put((byte) payload.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  /** The headers of a gRPC call, without compression. */
  public static byte[] call(int stream, String path) {
    return frame(
        HEADERS,
        4,
        stream,
        Bytes.concat(
            literal(":method", "POST"),
            literal(":scheme", "http"),
            literal(":path", path),
            literal(":authority", "localhost"),
            literal("te", "trailers"),
            literal("content-type", "application/grpc")));
  }

  /** A message of a call, the last one of the client's. */
  public static byte[] message(int stream, byte[] message) {
    byte[] prefixed =
        ByteBuffer.allocate(5 + message.length)
            .put((byte) 0)
            .putInt(message.length)
            .put(message)
            .array();
    return frame(DATA, 1, stream, prefixed);
  }

  /** A literal header field without indexing. */
  private static byte[] literal(String name, String value) {
    return Bytes.concat(new byte[] {0}, string(name), string(value));
  }

  private static byte[] string(String text) {
    byte[] bytes = text.getBytes(US_ASCII);
    if (bytes.length > 126) {
      throw new IllegalArgumentException("longer than one byte of length: " + text);
    }
    return Bytes.concat(new byte[] {(byte) bytes.length}, bytes);
  }
}
