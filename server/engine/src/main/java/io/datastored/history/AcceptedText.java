package io.datastored.history;

import io.datastored.file.Digest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An accepted text is the configuration file as it was accepted: its digest, and its bytes where
 * they are known. Immutable, as long as nobody writes to the bytes, which are shared because there
 * may be many. Two with one digest are equal.
 */
public final class AcceptedText {

  private final Digest digest;
  private final byte @Nullable [] bytes;

  private AcceptedText(Digest digest, byte @Nullable [] bytes) {
    this.digest = digest;
    this.bytes = bytes;
  }

  /** The text with this digest, which was not kept: by an earlier version of datastored. */
  public static AcceptedText of(Digest digest) {
    return new AcceptedText(digest, null);
  }

  /**
   * A text.
   *
   * @param bytes which have this digest and must not be changed any more
   */
  public static AcceptedText of(Digest digest, byte[] bytes) {
    return new AcceptedText(digest, bytes);
  }

  /** Of the whole file. */
  public Digest digest() {
    return digest;
  }

  /** The whole file; empty when it was not kept. */
  public Optional<byte[]> bytes() {
    return Optional.ofNullable(bytes);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AcceptedText text && text.digest.equals(digest);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  @Override
  public String toString() {
    return digest.abbreviated() + (bytes == null ? "" : ", " + bytes.length + " bytes");
  }
}
