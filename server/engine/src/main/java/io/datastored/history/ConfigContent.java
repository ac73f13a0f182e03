package io.datastored.history;

import io.datastored.file.Digest;
import io.datastored.file.FileStamp;
import java.util.Optional;

/**
 * A config content is the content of the configuration at one moment. Immutable, provided that
 * {@link #bytes}, which is shared and not copied because it may be large, is not modified.
 */
public final class ConfigContent {

  /** The content of a store without a configuration. */
  public static final ConfigContent MISSING = new ConfigContent(new byte[0], Optional.empty());

  private final byte[] bytes;
  private final Digest digest;
  private final Optional<FileStamp> stamp;

  ConfigContent(byte[] bytes, Optional<FileStamp> stamp) {
    this(bytes, Digest.of(bytes), stamp);
  }

  private ConfigContent(byte[] bytes, Digest digest, Optional<FileStamp> stamp) {
    this.bytes = bytes;
    this.digest = digest;
    this.stamp = stamp;
  }

  /**
   * A content that is not in a store yet.
   *
   * @param bytes must not be modified afterwards
   */
  public static ConfigContent of(byte[] bytes) {
    return new ConfigContent(bytes, Optional.empty());
  }

  /** This content, as found in a file. */
  public ConfigContent in(FileStamp file) {
    return new ConfigContent(bytes, digest, Optional.of(file));
  }

  /** The bytes, which must not be modified; none if there is no configuration. */
  public byte[] bytes() {
    return bytes;
  }

  /** The digest of the bytes. */
  public Digest digest() {
    return digest;
  }

  /** The stamp of the file that the bytes are from, if the store has files and the file exists. */
  public Optional<FileStamp> stamp() {
    return stamp;
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
