package io.datastored.history;

import io.datastored.file.Digest;
import io.datastored.file.FileStamp;
import java.util.Optional;

/**
 * A config content is what a store held at one moment. Immutable, as long as nobody writes to
 * {@link #bytes}, which is shared and not copied because it may be large.
 */
public final class ConfigContent {

  /** The content of a store that holds nothing yet. */
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
   * Returns a content that is in no store yet.
   *
   * @param bytes which must not be changed any more
   */
  public static ConfigContent of(byte[] bytes) {
    return new ConfigContent(bytes, Optional.empty());
  }

  /** Returns the same content, as it was found in a file. */
  public ConfigContent in(FileStamp file) {
    return new ConfigContent(bytes, digest, Optional.of(file));
  }

  /** Returns the bytes, which must not be changed; none when nothing is there. */
  public byte[] bytes() {
    return bytes;
  }

  /** Returns the digest of the bytes. */
  public Digest digest() {
    return digest;
  }

  /** Returns the file that the bytes are from, in stores that have one and when it is there. */
  public Optional<FileStamp> stamp() {
    return stamp;
  }

  /** Tells whether there is anything, if only of no bytes. */
  public boolean exists() {
    return this != MISSING;
  }

  @Override
  public String toString() {
    return bytes.length + " bytes, " + digest.abbreviated();
  }
}
