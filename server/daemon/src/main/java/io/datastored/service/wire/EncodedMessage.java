package io.datastored.service.wire;

import com.google.common.primitives.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * An encoded message is one message as it goes over the wire, of a frame or an answer. Immutable:
 * nobody writes into the bytes after they were given, and nobody gets them but through a stream.
 */
public final class EncodedMessage {
  private final byte[] bytes;

  /** Takes the bytes over; the caller forgets them. */
  public EncodedMessage(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Bytes. */
  public int size() {
    return bytes.length;
  }

  /**
   * The same with more fields behind it: of two encoded messages of one type, the one behind the
   * other is the two merged. The message is copied, so this is for few and small ones.
   */
  public EncodedMessage with(byte[] fields) {
    return new EncodedMessage(Bytes.concat(bytes, fields));
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
    return "EncodedMessage[" + bytes.length + " bytes]";
  }
}
