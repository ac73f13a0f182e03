package io.datastored.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A file identity is which file a name stands for. Immutable.
 *
 * @param device number of the device
 * @param inode number on it
 */
public record FileIdentity(long device, long inode) {

  /** Returns the identity of the file that a path leads to now. */
  public static FileIdentity of(Path file) throws IOException {
    return of(Files.readAttributes(file, "unix:dev,ino"));
  }

  /** Returns the identity among the attributes of a file. */
  static FileIdentity of(Map<String, Object> attributes) {
    return new FileIdentity(number(attributes, "dev"), number(attributes, "ino"));
  }

  private static long number(Map<String, Object> attributes, String name) {
    return attributes.get(name) instanceof Number number ? number.longValue() : 0;
  }
}
