package io.datastored.history;

import com.google.common.util.concurrent.Futures;
import io.datastored.file.Digest;
import io.datastored.file.FileStamp;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * A config content is what a store held at one moment. Immutable, as long as nobody writes to
 * {@link #bytes}, which is shared and not copied because it may be large.
 */
public final class ConfigContent {

  /** The content of a store that holds nothing yet. */
  public static final ConfigContent MISSING = new ConfigContent(new byte[0], Optional.empty());

  /** Of more bytes the digest is made by another thread, while they are parsed or written. */
  private static final int LARGE = 1 << 20;

  private final byte[] bytes;
  private final Supplier<Digest> digest;
  private final Optional<FileStamp> stamp;

  ConfigContent(byte[] bytes, Optional<FileStamp> stamp) {
    this(bytes, digestOf(bytes), stamp);
  }

  private ConfigContent(byte[] bytes, Supplier<Digest> digest, Optional<FileStamp> stamp) {
    this.bytes = bytes;
    this.digest = digest;
    this.stamp = stamp;
  }

  private static Supplier<Digest> digestOf(byte[] bytes) {
    Future<Digest> digest = Meanwhile.start(bytes.length >= LARGE, () -> Digest.of(bytes));
    return () -> Futures.getUnchecked(digest);
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

  /** Returns the digest of the bytes. Of a large content it may have to be waited for. */
  public Digest digest() {
    return digest.get();
  }

  /** Returns the file that the bytes are from, in stores that have one and when it is there. */
  public Optional<FileStamp> stamp() {
    return stamp;
  }

  /** Tells whether it takes so long to sum up that others should do so meanwhile. */
  public boolean isLarge() {
    return bytes.length >= LARGE;
  }

  /** Tells whether there is anything, if only of no bytes. */
  public boolean exists() {
    return this != MISSING;
  }

  @Override
  public String toString() {
    return bytes.length + " bytes, " + digest().abbreviated();
  }
}
