package io.datastored.config;

import java.time.Instant;
import java.util.Optional;

/**
 * A config content is what a store held at one moment. Immutable, as long as nobody writes to
 * {@link #bytes}, which is shared and not copied because it may be large.
 */
public final class ConfigContent {

  /** The content of a store that holds nothing yet. */
  public static final ConfigContent MISSING = new ConfigContent(new byte[0], Optional.empty());

  /**
   * A file stamp is by which file a content was told, and when that was last written to. Immutable.
   * A change under one device and inode is a write in place, which may not be complete yet.
   */
  public record FileStamp(FileIdentity identity, Instant lastModified) {}

  private final byte[] bytes;
  private final Digest digest;
  private final Optional<FileStamp> stamp;

  ConfigContent(byte[] bytes, Optional<FileStamp> stamp) {
    this.bytes = bytes;
    this.stamp = stamp;
    digest = Digest.of(bytes);
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
