package io.datastored.history;

import io.datastored.file.Digest;
import io.datastored.file.FileStamp;
import java.util.Optional;

/**
 * A config content is the content of the configuration at one moment. Immutable, provided that
 * {@link #bytes}, which is shared and not copied because it may be large, is not modified.
 *
 * @param bytes must not be modified; none if there is no configuration
 * @param digest of the bytes
 * @param stamp of the file that the bytes are from, if the store has files and the file exists
 */
public record ConfigContent(byte[] bytes, Digest digest, Optional<FileStamp> stamp) {

  /** The content of a store without a configuration. */
  public static final ConfigContent MISSING = of(new byte[0]);

  /**
   * A content that is not in a store yet.
   *
   * @param bytes must not be modified afterwards
   */
  public static ConfigContent of(byte[] bytes) {
    return new ConfigContent(bytes, Digest.of(bytes), Optional.empty());
  }

  /** This content, as found in a file. */
  public ConfigContent in(FileStamp file) {
    return new ConfigContent(bytes, digest, Optional.of(file));
  }

  /** Whether there is a configuration, even an empty one. */
  public boolean exists() {
    return this != MISSING;
  }

  @Override
  public String toString() {
    return bytes.length + " bytes, " + digest.abbreviated();
  }
}
