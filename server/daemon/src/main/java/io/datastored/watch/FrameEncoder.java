package io.datastored.watch;

import java.util.Iterator;

/** A frame encoder turns a frame into the messages of its wire form. Thread-safe. */
public interface FrameEncoder {
  /**
   * Encodes a frame as at least one message. Each message is encoded on demand, so that a large
   * frame occupies its thread for one message at a time; the iterator is used by one thread at a
   * time.
   */
  Iterator<byte[]> encode(Frame frame);
}
