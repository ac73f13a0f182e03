package io.datastored.access;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An audit sink is the place where audit lines go. For one thread at a time. */
interface AuditSink extends Closeable {

  /**
   * Makes sure, as far as that is possible, that the next lines can be appended where people look
   * for them.
   */
  void check() throws IOException;

  /**
   * Appends whole lines. Whatever happens, the position of {@code lines} is behind the last byte
   * that was written; after an exception call {@link #check} first.
   */
  void append(ByteBuffer lines) throws IOException;
}
