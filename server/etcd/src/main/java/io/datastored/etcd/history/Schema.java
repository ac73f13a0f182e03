package io.datastored.etcd.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import io.datastored.file.StoreException;
import java.util.List;

/**
 * A schema is the form of a history: its version, and the oldest versions of datastored's form that
 * may read and write it. Immutable.
 *
 * @param version of the form
 * @param reads the lowest version that may read it
 * @param writes the lowest version that may write it
 */
record Schema(int version, int reads, int writes) {

  /** What this program writes, and the highest version that it knows. */
  static final Schema PRESENT = new Schema(1, 1, 1);

  private static final String NAME = "datastored-etcd";
  private static final Splitter WORDS = Splitter.on(' ').omitEmptyStrings();

  byte[] write() {
    return "%s %d %d %d\n".formatted(NAME, version, reads, writes).getBytes(UTF_8);
  }

  /**
   * Reads a schema.
   *
   * @throws IllegalArgumentException when it is none
   */
  static Schema read(byte[] value) {
    List<String> words = WORDS.splitToList(new String(value, UTF_8).strip());
    if (words.size() < 4 || !words.get(0).equals(NAME)) {
      throw new IllegalArgumentException("expected: " + NAME + " VERSION READS WRITES");
    }
    return new Schema(
        Integer.parseInt(words.get(1)),
        Integer.parseInt(words.get(2)),
        Integer.parseInt(words.get(3)));
  }

  /**
   * Refuses a history that this program must not read.
   *
   * @throws StoreException when it must not
   */
  void requireReadable(Keys keys) throws StoreException {
    require(reads, "read", keys);
  }

  /**
   * Refuses a history that this program must not write.
   *
   * @throws StoreException when it must not
   */
  void requireWritable(Keys keys) throws StoreException {
    require(writes, "write", keys);
  }

  private void require(int lowest, String what, Keys keys) throws StoreException {
    if (lowest > PRESENT.version) {
      throw new StoreException(
          StoreException.Reason.READ_ONLY,
          ("the history at %s has form %d, which this version of datastored cannot %s (it knows"
                  + " forms up to %d); install a later version of datastored on this host")
              .formatted(keys, version, what, PRESENT.version));
    }
  }
}
