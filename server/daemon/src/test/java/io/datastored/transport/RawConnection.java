package io.datastored.transport;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;

/** A raw connection writes bytes to a server and reads frames. Confined to one thread. */
public final class RawConnection implements Closeable {
  private final Socket socket;
  private final DataInputStream in;

  /** A frame that was read: its type, its stream and its payload. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Frame(int type, int stream, byte[] payload) {}

  public RawConnection(int port) throws IOException {
    this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    this.in = new DataInputStream(socket.getInputStream());
  }

  public void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** The next frame; empty when the server has closed the connection. */
  public Optional<Frame> read(Duration patience) throws IOException {
    socket.setSoTimeout((int) patience.toMillis());
    try {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      in.readUnsignedByte();
      int stream = in.readInt();
      return Optional.of(new Frame(type, stream, in.readNBytes(length)));
    } catch (EOFException | SocketException closed) {
      return Optional.empty();
    }
  }

  /** Whether the server closes the connection in this time, whatever it says before. */
  public boolean isClosedWithin(Duration time) throws IOException {
    long end = System.nanoTime() + time.toNanos();
    try {
      while (end - System.nanoTime() > 0) {
        if (read(Duration.ofNanos(Math.max(1_000_000, end - System.nanoTime()))).isEmpty()) {
          return true;
        }
      }
    } catch (SocketTimeoutException silent) {
      return false;
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
