package io.datastored.file;

import com.google.common.hash.Hashing;
import io.datastored.config.Truncated;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A digest is the SHA-256 hash of a whole content, by which contents are compared. Immutable.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record Digest(String hex) {

  private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

  /** The digest of no bytes, and so of a missing file. */
  public static final Digest EMPTY = of(new byte[0]);

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
    return FORM.matcher(hex).matches();
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
