package io.datastored.generation;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.datastored.config.DatastoreName;
import io.datastored.config.NameMap;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;

/**
 * A written state is the text of one state file, and where in it the lines of each datastore are.
 * Immutable.
 *
 * <p>The next one mostly differs in the lines of one datastore, and takes the others over in whole
 * stretches: of a hundred thousand, to write them again takes forty times as long as to copy them.
 */
final class WrittenState {

  private final NameMap<AcceptedDatastore> datastores;
  private final byte[] bytes;

  /** Where the lines of the first datastore begin. */
  private final int begin;

  /** Where those of each one end. */
  private final int[] ends;

  private WrittenState(NameMap<AcceptedDatastore> datastores, byte[] bytes, int begin, int[] ends) {
    this.datastores = datastores;
    this.bytes = bytes;
    this.begin = begin;
    this.ends = ends;
  }

  /**
   * @param head the lines before those of datastores, in ASCII as all of it
   * @param tail the lines behind
   * @param last what was written before
   */
  static WrittenState of(
      String head,
      NameMap<AcceptedDatastore> datastores,
      String tail,
      Optional<WrittenState> last) {
    return new Writer(head, datastores, tail).write(last);
  }

  byte[] bytes() {
    return bytes;
  }

  private int start(int place) {
    return place == 0 ? begin : ends[place - 1];
  }

  /** A writer puts together one text. Confined to one call. */
  private static final class Writer {

    private static final int LINE = 96;

    private final NameMap<AcceptedDatastore> datastores;
    private final List<DatastoreName> names;
    private final List<AcceptedDatastore> values;
    private final String tail;
    private final Bytes out;
    private final int begin;
    private final int[] ends;
    private final StringBuilder line = new StringBuilder();

    Writer(String head, NameMap<AcceptedDatastore> datastores, String tail) {
      this.datastores = datastores;
      this.names = datastores.names();
      this.values = datastores.values();
      this.tail = tail;
      this.ends = new int[datastores.size()];
      this.out = new Bytes(head.length() + tail.length() + LINE * (datastores.size() + 1));
      out.writeBytes(head.getBytes(US_ASCII));
      this.begin = out.size();
    }

    WrittenState write(Optional<WrittenState> last) {
      if (last.isPresent() && last.get().datastores.sharesNames(datastores)) {
        takeOver(last.get());
      } else {
        for (int place = 0; place < ends.length; place++) {
          write(place);
        }
      }
      out.writeBytes(tail.getBytes(US_ASCII));
      out.writeBytes(out.end().getBytes(US_ASCII));
      return new WrittenState(datastores, out.toByteArray(), begin, ends);
    }

    private void takeOver(WrittenState last) {
      List<AcceptedDatastore> before = last.datastores.values();
      int from = 0;
      for (int place = 0; place < ends.length; place++) {
        if (values.get(place) != before.get(place)) {
          copy(last, from, place);
          write(place);
          from = place + 1;
        }
      }
      copy(last, from, ends.length);
    }

    private void copy(WrittenState last, int from, int to) {
      if (from < to) {
        int moved = out.size() - last.start(from);
        out.write(last.bytes, last.start(from), last.ends[to - 1] - last.start(from));
        for (int place = from; place < to; place++) {
          ends[place] = last.ends[place] + moved;
        }
      }
    }

    private void write(int place) {
      line.setLength(0);
      StateText.datastore(line, names.get(place), values.get(place));
      out.writeBytes(line.toString().getBytes(US_ASCII));
      ends[place] = out.size();
    }
  }

  /** What was written so far can be summed up without a copy. */
  private static final class Bytes extends ByteArrayOutputStream {

    Bytes(int size) {
      super(size);
    }

    String end() {
      return StateText.end(buf, count);
    }
  }
}
