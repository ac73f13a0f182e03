package io.datastored.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * A file stamp is the identity, size and times of a file when its content was read. Immutable. A
 * change with the same device and inode is a write in place, which may not be complete yet.
 *
 * @param size in bytes
 * @param lastModified when its content was last written
 * @param lastChanged when anything of it last changed: content, name or permissions; a write sets
 *     both times, a rename or another link only this one
 */
public record FileStamp(
    FileIdentity identity, long size, Instant lastModified, Instant lastChanged) {

  /**
   * Most file systems take the time of a write from a clock that ticks at least a hundred times a
   * second.
   */
  private static final Duration TICK = Duration.ofMillis(11);

  /** Others have a resolution of up to two seconds. */
  private static final Duration SLOW_TICK = Duration.ofMillis(2011);

  private static final int NANOS_PER_MILLI = 1_000_000;

  /** The stamp of the file that a path leads to now. */
  public static FileStamp of(Path file) throws IOException {
    Map<String, Object> attributes =
        Files.readAttributes(file, "unix:dev,ino,size,lastModifiedTime,ctime");
    return new FileStamp(
        FileIdentity.of(attributes),
        attributes.get("size") instanceof Long size ? size : -1,
        time(attributes, "lastModifiedTime"),
        time(attributes, "ctime"));
  }

  private static Instant time(Map<String, Object> attributes, String name) {
    return attributes.get(name) instanceof FileTime time ? time.toInstant() : Instant.EPOCH;
  }

  /** Whether two stamps are of the same file, without a write in between. */
  public boolean isSameContent(FileStamp other) {
    return identity.equals(other.identity)
        && size == other.size
        && lastModified.equals(other.lastModified);
  }

  /**
   * Whether every write after a moment changes the stamp. A write soon after another one may have
   * the same time.
   */
  public boolean tellsWritesAfter(Instant moment) {
    return isBefore(lastModified, moment);
  }

  /**
   * Whether nothing of the file had changed for a while at a moment. The time of the last write
   * alone is not enough: the writer may have set it.
   */
  public boolean restsAt(Instant moment) {
    return isBefore(lastModified, moment) && isBefore(lastChanged, moment);
  }

  private static boolean isBefore(Instant time, Instant moment) {
    Duration tick = time.getNano() % NANOS_PER_MILLI == 0 ? SLOW_TICK : TICK;
    return time.plus(tick).isBefore(moment);
  }
}
