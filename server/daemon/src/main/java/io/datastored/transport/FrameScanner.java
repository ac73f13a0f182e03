package io.datastored.transport;

import io.netty.buffer.ByteBuf;

/**
 * A frame scanner finds the frames of HTTP/2 in the bytes of one direction of a connection, without
 * buffering. Confined to the connection's event loop.
 */
final class FrameScanner {
  /** Length of {@code PRI * HTTP/2.0}, {@code SM} and their line ends. */
  private static final int PREFACE = 24;

  private static final int HEADER = 9;
  private static final int TYPE = 3;
  private static final int FLAGS = 4;

  /** A judge decides on each frame by its header. */
  interface Judge {
    /** Whether the frame may be read now. */
    boolean allows(int type, int flags, int length);

    /** Called for each frame that was allowed. */
    void read(int type, int stream);
  }

  private int skip = PREFACE;
  private int at;
  private int length;
  private int type;
  private int stream;

  /** The index up to which the bytes may pass: their end, or inside the frame that must wait. */
  int scan(ByteBuf bytes, Judge judge) {
    int index = bytes.readerIndex();
    int end = bytes.writerIndex();
    while (index < end) {
      if (skip > 0) {
        int passed = Math.min(skip, end - index);
        skip -= passed;
        index += passed;
        continue;
      }
      int next = bytes.getUnsignedByte(index);
      if (at < TYPE) {
        length = length << 8 | next;
      } else if (at == TYPE) {
        type = next;
      } else if (at == FLAGS) {
        // The byte is not consumed: the same frame is judged again with the next byte.
        if (!judge.allows(type, next, length)) {
          return index;
        }
      } else {
        stream = stream << 8 | next;
      }
      index++;
      at++;
      if (at == HEADER) {
        judge.read(type, stream & Integer.MAX_VALUE);
        skip = length;
        at = 0;
        length = 0;
        stream = 0;
      }
    }
    return end;
  }
}
