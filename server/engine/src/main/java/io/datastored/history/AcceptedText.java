package io.datastored.history;

import io.datastored.file.Digest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An accepted text is the configuration file as it was accepted: its digest, and its bytes if they
 * are known. Immutable, provided that the bytes, which are shared because they may be large, are
 * not modified. Two texts with the same digest are equal.
 */
public record AcceptedText(Digest digest, Optional<byte[]> bytes) {

  /** A text that was not kept, by an earlier version of datastored; only its digest is known. */
  public static AcceptedText of(Digest digest) {
    return new AcceptedText(digest, Optional.empty());
  }

  /**
   * A text with its bytes.
   *
   * @param bytes must have this digest and not be modified afterwards
   */
  public static AcceptedText of(Digest digest, byte[] bytes) {
    return new AcceptedText(digest, Optional.of(bytes));
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
    return digest.abbreviated() + bytes.map(all -> ", " + all.length + " bytes").orElse("");
  }
}
