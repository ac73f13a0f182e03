package io.datastored.file;

import com.google.common.hash.Hashing;
import io.datastored.config.Truncated;
import java.util.Optional;

/**
 * A digest is the SHA-256 hash of a whole content, by which contents are compared. Immutable.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record Digest(String hex) {

  /** The digest of no bytes, and so of a missing file. */
  public static final Digest EMPTY = of(new byte[0]);

  private static final int LENGTH = 64;

  /** Checks the form. */
  public Digest {
    if (!isValid(hex)) {
      throw new IllegalArgumentException(
          "not 64 lower-case hexadecimal digits: " + Truncated.of(hex));
    }
  }

  /** The digest in this text, or empty if the text is not a digest. */
  public static Optional<Digest> tryParse(String hex) {
    return isValid(hex) ? Optional.of(new Digest(hex)) : Optional.empty();
  }

  private static boolean isValid(String hex) {
    boolean valid = hex.length() == LENGTH;
    for (int i = 0; valid && i < LENGTH; i++) {
      char c = hex.charAt(i);
      valid = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
    return valid;
  }

  /** The digest of a content. */
  public static Digest of(byte[] content) {
    return new Digest(Hashing.sha256().hashBytes(content).toString());
  }

  /** The first eight digits, enough for a log line or a file name. */
  public String abbreviated() {
    return hex.substring(0, 8);
  }

  @Override
  public String toString() {
    return hex;
  }
}
