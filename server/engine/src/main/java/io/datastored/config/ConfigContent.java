package io.datastored.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
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
   *
   * @param lastModified when its content was last written
   * @param lastChanged when anything of it last changed: the content, the name, a right; a write
   *     sets both times, a rename only this one
   */
  public record FileStamp(FileIdentity identity, Instant lastModified, Instant lastChanged) {

    static FileStamp of(Path file) throws IOException {
      Map<String, Object> times = Files.readAttributes(file, "unix:lastModifiedTime,ctime");
      Instant modified = time(times, "lastModifiedTime");
      return new FileStamp(FileIdentity.of(file), modified, time(times, "ctime"));
    }

    private static Instant time(Map<String, Object> times, String name) {
      return times.get(name) instanceof FileTime time ? time.toInstant() : Instant.EPOCH;
    }
  }

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
  ConfigContent in(FileStamp file) {
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
