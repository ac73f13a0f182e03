package io.datastored.watch;

import com.google.common.primitives.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A wire part is one encoded message, of a frame or an answer. Immutable: nobody writes into the
 * bytes after they were given, and nobody gets them but through a stream.
 */
public final class WirePart {
  private final byte[] bytes;

  /** Takes the bytes over; the caller forgets them. */
  public WirePart(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Bytes. */
  public int size() {
    return bytes.length;
  }

  /**
   * The same with more fields behind it: of two encoded messages of one type, the one behind the
   * other is the two merged. The part is copied, so this is for few and small ones.
   */
  public WirePart with(byte[] fields) {
    return new WirePart(Bytes.concat(bytes, fields));
  }

  /** Reads the message from its beginning. */
  public InputStream open() {
    return new ByteArrayInputStream(bytes);
  }

  /** Writes the whole message. */
  public void writeTo(OutputStream target) throws IOException {
    target.write(bytes);
  }

  @Override
  public String toString() {
    return "WirePart[" + bytes.length + " bytes]";
  }
}
