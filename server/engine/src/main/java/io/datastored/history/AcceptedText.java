package io.datastored.history;

import io.datastored.file.Digest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An accepted text is the configuration file as it was accepted: its digest, and its bytes if they
 * are known. Immutable, provided that the bytes, which are shared because they may be large, are
 * not modified. Two texts with the same digest are equal.
 */
public final class AcceptedText {

  private final Digest digest;
  private final byte @Nullable [] bytes;

  private AcceptedText(Digest digest, byte @Nullable [] bytes) {
    this.digest = digest;
    this.bytes = bytes;
  }

  /** A text that was not kept, by an earlier version of datastored; only its digest is known. */
  public static AcceptedText of(Digest digest) {
    return new AcceptedText(digest, null);
  }

  /**
   * A text with its bytes.
   *
   * @param bytes must have this digest and not be modified afterwards
   */
  public static AcceptedText of(Digest digest, byte[] bytes) {
    return new AcceptedText(digest, bytes);
  }

  /** The digest of the whole file. */
  public Digest digest() {
    return digest;
  }

  /** The whole file; empty if it was not kept. */
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
