package io.datastored.etcd.life;

import com.google.common.base.Splitter;
import io.datastored.config.MaintenanceMode;
import io.datastored.history.Generation;
import io.datastored.operation.Operation;

/**
 * A floor says which leases on a datastore are drained, or ended by force. Immutable. It only
 * rises.
 *
 * <pre>
 *   read TOKEN
 *   write TOKEN
 *   sealed GENERATION
 * </pre>
 *
 * @param read the highest dead token of READ; 0: none
 * @param write that of WRITE
 * @param sealed the generation of the last mode that was drained; NONE: there is none
 */
record Floor(long read, long write, Generation sealed) {

  static final Floor NONE = new Floor(0, 0, Generation.NONE);

  private static final Splitter LINES = Splitter.on('\n').omitEmptyStrings();

  Floor {
    if (read < 0 || write < 0) {
      throw new IllegalArgumentException("a floor is not negative");
    }
  }

  long of(Operation operation) {
    return switch (operation) {
      case READ -> read;
      case WRITE -> write;
      case LOOKUP -> 0;
    };
  }

  /** With all tokens up to one dead, of the operations that a mode refuses. */
  Floor raised(MaintenanceMode mode, long token) {
    return new Floor(
        mode.refusesRead() ? Math.max(read, token) : read,
        mode.refusesWrite() ? Math.max(write, token) : write,
        sealed);
  }

  /** With a mode drained. */
  Floor sealed(Generation since) {
    return new Floor(read, write, since);
  }

  String text() {
    return "read %d\nwrite %d\nsealed %d\n".formatted(read, write, sealed.value());
  }

  /**
   * Reads a floor. Lines that it does not know are for later versions.
   *
   * @throws IllegalArgumentException when it is damaged
   */
  static Floor read(String text) {
    long read = 0;
    long write = 0;
    long sealed = 0;
    for (String line : LINES.split(text)) {
      int end = line.indexOf(' ');
      String value = line.substring(end + 1);
      switch (line.substring(0, Math.max(0, end))) {
        case "read" -> read = Long.parseLong(value);
        case "write" -> write = Long.parseLong(value);
        case "sealed" -> sealed = Long.parseLong(value);
        default -> {}
      }
    }
    return new Floor(read, write, new Generation(sealed));
  }
}
