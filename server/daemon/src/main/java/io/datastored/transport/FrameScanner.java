package io.datastored.transport;

import io.netty.buffer.ByteBuf;

/**
 * A frame scanner finds the frames of HTTP/2 in the bytes of one direction of a connection, without
 * keeping any. Confined to the connection's event loop.
 */
final class FrameScanner {
  /** {@code PRI * HTTP/2.0}, two empty lines and what is between them. */
  private static final int PREFACE = 24;

  private static final int HEADER = 9;
  private static final int TYPE = 3;
  private static final int FLAGS = 4;

  /** Judges each frame by its first bytes. */
  interface Judge {
    /** Whether the frame may be read now. */
    boolean allows(int type, int flags, int length);

    /** A frame that was allowed. */
    void read(int type, int stream);
  }

  private int skip = PREFACE;
  private int at;
  private int length;
  private int type;
  private int stream;

  /** The index up to which the bytes may pass: their end, or inside the frame that may not yet. */
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
        // The byte is not consumed: the same question is asked again with the first byte to come.
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
