package io.datastored.service.wire;

import com.google.common.primitives.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * An encoded message is a frame or an answer as it goes over the wire. Immutable: the bytes are
 * never written after construction, and only streams read them.
 */
public final class EncodedMessage {
  private final byte[] bytes;

  /** Takes ownership of the bytes; the caller must not keep them. */
  public EncodedMessage(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The size in bytes. */
  public int size() {
    return bytes.length;
  }

  /**
   * The message with more fields appended. Two concatenated messages of one type are equivalent to
   * the merged message. Copies the message, so use it for few and small ones.
   */
  public EncodedMessage with(byte[] fields) {
    return new EncodedMessage(Bytes.concat(bytes, fields));
  }

  /** A stream over the message from its beginning. */
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
