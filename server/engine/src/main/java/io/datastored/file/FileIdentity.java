package io.datastored.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A file identity identifies the file that a name refers to. Immutable.
 *
 * @param device number of the device
 * @param inode number of the inode on it
 */
public record FileIdentity(long device, long inode) {

  /** The identity of the file that a path leads to now. */
  public static FileIdentity of(Path file) throws IOException {
    return of(Files.readAttributes(file, "unix:dev,ino"));
  }

  /** The identity among the attributes of a file. */
  static FileIdentity of(Map<String, Object> attributes) {
    return new FileIdentity(number(attributes, "dev"), number(attributes, "ino"));
  }

  private static long number(Map<String, Object> attributes, String name) {
    return attributes.get(name) instanceof Number number ? number.longValue() : 0;
  }
}
