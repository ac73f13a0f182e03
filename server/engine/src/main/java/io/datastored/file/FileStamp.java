package io.datastored.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * A file stamp is by which file a content was told, and when that was last written to. Immutable. A
 * change under one device and inode is a write in place, which may not be complete yet.
 *
 * @param size in bytes
 * @param lastModified when its content was last written
 * @param lastChanged when anything of it last changed: the content, the name, a right; a write sets
 *     both times, a rename or another link only this one
 */
public record FileStamp(
    FileIdentity identity, long size, Instant lastModified, Instant lastChanged) {

  /**
   * File systems take the time of a write from a clock that ticks a hundred times a second or more.
   */
  private static final Duration TICK = Duration.ofMillis(11);

  /** Others count in steps of up to two seconds. */
  private static final Duration SLOW_TICK = Duration.ofMillis(2011);

  private static final int NANOS_PER_MILLI = 1_000_000;

  /** Returns the stamp of the file that a path leads to now. */
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

  /** Tells whether two stamps are of one file that nobody wrote to between them. */
  public boolean isSameContent(FileStamp other) {
    return identity.equals(other.identity)
        && size == other.size
        && lastModified.equals(other.lastModified);
  }

  /**
   * Tells whether every write after a moment gives the file another stamp. One that comes soon
   * after another may have the same time.
   */
  public boolean tellsWritesAfter(Instant moment) {
    return isBefore(lastModified, moment);
  }

  /**
   * Tells whether nothing of the file had changed for a while at a moment. The time of the last
   * write alone may have been set by whoever wrote.
   */
  public boolean restsAt(Instant moment) {
    return isBefore(lastModified, moment) && isBefore(lastChanged, moment);
  }

  private static boolean isBefore(Instant time, Instant moment) {
    Duration tick = time.getNano() % NANOS_PER_MILLI == 0 ? SLOW_TICK : TICK;
    return time.plus(tick).isBefore(moment);
  }
}
