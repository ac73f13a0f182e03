package io.datastored.testkit.proxy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * A pipe carries the bytes of one connection in one direction. One thread reads and one writes, so
 * that what is on its way can be late without holding up what follows; {@link #end} is for any
 * thread.
 */
final class Pipe {

  /** Some bytes and when they came; without bytes it is the end. */
  private record Piece(ByteBuffer bytes, long cameNanos) {}

  private static final int PIECE_BYTES = 16 * 1024;

  /** More than this waits in the sender, as it does when a network is stuck. */
  private static final int PIECES = 256;

  private final SocketChannel from;
  private final SocketChannel to;
  private final Lane lane;
  private final Link link;
  private final BlockingQueue<Piece> underWay = new ArrayBlockingQueue<>(PIECES);
  private boolean ended;

  Pipe(SocketChannel from, SocketChannel to, Lane lane, Link link) {
    this.from = from;
    this.to = to;
    this.lane = lane;
    this.link = link;
  }

  /** Reads until the sender has said everything. */
  void read() {
    try {
      while (true) {
        ByteBuffer bytes = ByteBuffer.allocate(PIECE_BYTES);
        boolean more = from.read(bytes) >= 0;
        underWay.put(new Piece(bytes.flip(), System.nanoTime()));
        if (!more) {
          return;
        }
      }
    } catch (IOException | InterruptedException e) {
      // The sender is gone, or the link: the other end shall see that too.
      link.cut();
    }
  }

  /** Writes until the end has come through. */
  void write() {
    try {
      while (true) {
        Piece piece = underWay.take();
        lane.await(piece.cameNanos());
        if (!piece.bytes().hasRemaining()) {
          end();
          link.ended(this);
          return;
        }
        pass(piece.bytes());
      }
    } catch (IOException | InterruptedException e) {
      link.cut();
    }
  }

  private void pass(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining() && !isEnded()) {
      to.write(bytes);
    }
  }

  /** Tells the receiver that nothing more comes; what comes is dropped. */
  synchronized void end() throws IOException {
    if (!ended) {
      ended = true;
      to.shutdownOutput();
    }
  }

  private synchronized boolean isEnded() {
    return ended;
  }
}
