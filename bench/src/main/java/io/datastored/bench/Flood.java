package io.datastored.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.common.primitives.Bytes;
import io.datastored.v1.DatastoreView;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.Operation;
import io.datastored.v1.WatchGenerationRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

/**
 * A flood is the traffic of one hostile connection, sent as fast as the server reads it. Immutable;
 * each run has its own connection.
 */
enum Flood {
  /** Calls that are reset as soon as they are made. */
  RAPID_RESET {
    @Override
    void send(OutputStream out, int round) throws IOException {
      int stream = 2 * round + 1;
      out.write(
          Bytes.concat(
              call(stream, "Lookup"),
              message(stream, LOOKED_UP),
              frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8})));
    }
  },
  SETTINGS {
    @Override
    void send(OutputStream out, int round) throws IOException {
      out.write(MANY_SETTINGS);
    }
  },
  PING {
    @Override
    void send(OutputStream out, int round) throws IOException {
      out.write(MANY_PINGS);
    }
  },
  /** One block of headers that never ends. */
  CONTINUATION {
    @Override
    void send(OutputStream out, int round) throws IOException {
      out.write(round == 0 ? frame(HEADERS, 0, 1, new byte[] {(byte) 0x82}) : MANY_CONTINUATIONS);
    }
  },
  /** A connection on which nothing is sent. */
  SILENT {
    @Override
    byte[] opening() {
      return new byte[0];
    }

    @Override
    void send(OutputStream out, int round) {}
  },
  /** The beginning of a TLS handshake that is never completed. */
  HALF_OPEN_TLS {
    @Override
    byte[] opening() {
      return new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc};
    }

    @Override
    void send(OutputStream out, int round) {}
  },
  /** Watches of all datastores whose frames are never read. */
  SLOW_READERS {
    @Override
    void send(OutputStream out, int round) throws IOException {
      if (round < WATCHES_OF_A_CONNECTION) {
        int stream = 2 * round + 1;
        out.write(Bytes.concat(call(stream, "WatchGeneration"), message(stream, WATCHED)));
      }
    }

    @Override
    boolean reads() {
      return false;
    }
  };

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS_TYPE = 4;
  private static final int PING_TYPE = 6;
  private static final int CONTINUATION_TYPE = 9;
  private static final int WATCHES_OF_A_CONNECTION = 50;
  private static final int AT_ONCE = 200;
  private static final int PAUSE_MILLIS = 10;

  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);
  private static final byte[] MANY_SETTINGS =
      many(frame(SETTINGS_TYPE, 0, 0, new byte[] {0, 4, 0, 0, (byte) 0xff, (byte) 0xff}));
  private static final byte[] MANY_PINGS = many(frame(PING_TYPE, 0, 0, new byte[8]));
  private static final byte[] MANY_CONTINUATIONS =
      many(frame(CONTINUATION_TYPE, 0, 1, new byte[] {(byte) 0x82}));
  private static final byte[] LOOKED_UP =
      LookupRequest.newBuilder()
          .setDatastore("store0")
          .setOperation(Operation.OPERATION_LOOKUP)
          .build()
          .toByteArray();
  private static final byte[] WATCHED =
      WatchGenerationRequest.newBuilder()
          .setView(DatastoreView.DATASTORE_VIEW_FULL)
          .build()
          .toByteArray();

  /** Sends the next part of the flood. */
  abstract void send(OutputStream out, int round) throws IOException;

  /** The first bytes of the connection. */
  byte[] opening() {
    return Bytes.concat(PREFACE, frame(SETTINGS_TYPE, 0, 0, new byte[0]));
  }

  /** Whether the flood reads the server's answers. */
  boolean reads() {
    return true;
  }

  /**
   * Connects and sends until the time is over; reconnects whenever the server closes the
   * connection.
   */
  void run(int port, long endNanos) {
    while (System.nanoTime() - endNanos < 0) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        flood(socket, endNanos);
      } catch (IOException hungUp) {
        continue;
      }
    }
  }

  private void flood(Socket socket, long endNanos) throws IOException {
    // Small: data buffered here costs this process, not the server.
    socket.setSendBufferSize(AT_ONCE * 100);
    OutputStream out = socket.getOutputStream();
    InputStream in = socket.getInputStream();
    byte[] answers = new byte[64 << 10];
    out.write(opening());
    for (int round = 0; System.nanoTime() - endNanos < 0; round++) {
      send(out, round);
      boolean isIdle =
          this == SILENT || this == HALF_OPEN_TLS || this == SLOW_READERS && round > 49;
      if (isIdle) {
        if (reads()) {
          socket.setSoTimeout(PAUSE_MILLIS);
          if (isClosed(in)) {
            return;
          }
        } else {
          pause();
        }
      }
      while (reads() && in.available() > 0) {
        if (in.read(answers) < 0) {
          return;
        }
      }
    }
  }

  private static boolean isClosed(InputStream in) throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketTimeoutException silent) {
      return false;
    } catch (SocketException reset) {
      return true;
    }
  }

  private static void pause() {
    LockSupport.parkNanos(PAUSE_MILLIS * 1_000_000L);
  }

  private static byte[] call(int stream, String method) {
    return frame(
        HEADERS,
        4,
        stream,
        Bytes.concat(
            literal(":method", "POST"),
            literal(":scheme", "http"),
            literal(":path", "/datastored.v1.DatastoreService/" + method),
            literal(":authority", "localhost"),
            literal("te", "trailers"),
            literal("content-type", "application/grpc")));
  }

  private static byte[] message(int stream, byte[] message) {
    return frame(
        DATA,
        1,
        stream,
        ByteBuffer.allocate(5 + message.length)
            .put((byte) 0)
            .putInt(message.length)
            .put(message)
            .array());
  }

  /** A header field without indexing. */
  private static byte[] literal(String name, String value) {
    return Bytes.concat(new byte[] {0}, string(name), string(value));
  }

  private static byte[] string(String text) {
    byte[] bytes = text.getBytes(US_ASCII);
    return Bytes.concat(new byte[] {(byte) bytes.length}, bytes);
  }

  private static byte[] frame(int type, int flags, int stream, byte[] payload) {
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

  private static byte[] many(byte[] frame) {
    byte[] all = new byte[frame.length * AT_ONCE];
    for (int at = 0; at < all.length; at += frame.length) {
      System.arraycopy(frame, 0, all, at, frame.length);
    }
    return all;
  }
}
