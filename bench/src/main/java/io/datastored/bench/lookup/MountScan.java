package io.datastored.bench.lookup;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A mount scan checks whether the device of a removable datastore is mounted at its mount point.
 * Thread-safe. It reads the whole mount list each time.
 *
 * @param device device of the file system, by its UUID
 * @param mountPoint where it must be mounted
 */
record MountScan(Path device, Path mountPoint) {

  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
  private static final int BLOCK_DEVICE = 0060000;
  private static final int FORMAT_MASK = 0170000;

  /** Whether the device is mounted; false on any failure. */
  boolean mounted() {
    try {
      Map<String, Object> node = Files.readAttributes(device, "unix:mode,rdev");
      if (!(node.get("mode") instanceof Integer mode)
          || (mode & FORMAT_MASK) != BLOCK_DEVICE
          || !(node.get("rdev") instanceof Long number)) {
        return false;
      }
      String wanted = " " + mountPoint + " ";
      String mounts = new String(Files.readAllBytes(MOUNTS), UTF_8);
      return mounts.lines().anyMatch(line -> line.contains(wanted) && isOf(line, wanted, number));
    } catch (IOException e) {
      return false;
    }
  }

  /** The fifth field is the mount point; the source is the second field after the separator. */
  private static boolean isOf(String line, String wanted, long number) {
    int at = 0;
    for (int field = 0; field < 3; field++) {
      at = line.indexOf(' ', at) + 1;
    }
    at = line.indexOf(' ', at);
    if (!line.startsWith(wanted, at)) {
      return false;
    }
    String[] rest = line.substring(line.indexOf(" - ", at) + 3).split(" ", 3);
    try {
      return Files.getAttribute(Path.of(rest[1]), "unix:rdev").equals(number);
    } catch (IOException e) {
      return false;
    }
  }
}
