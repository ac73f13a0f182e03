package io.datastored.history;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.datastored.config.DatastoreName;
import io.datastored.config.NameMap;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A written state is the text of one state file, and where in it the lines of each datastore are.
 * Immutable.
 *
 * <p>The next one mostly differs in the lines of one datastore, and takes the others over in whole
 * stretches: of a hundred thousand, to write them again takes forty times as long as to copy them.
 */
public final class WrittenState {

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
   * @param head the lines before those of datastores, in ASCII as all lines
   * @param tail the lines behind
   * @param config the configuration behind those
   * @param last what was written before
   */
  static WrittenState of(
      String head,
      NameMap<AcceptedDatastore> datastores,
      String tail,
      byte[] config,
      Optional<WrittenState> last) {
    return new Writer(head, datastores, tail, config).write(last);
  }

  public byte[] bytes() {
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
    private final byte[] head;
    private final byte[] tail;
    private final byte[] config;
    private final int[] ends;
    private final StringBuilder line = new StringBuilder();

    Writer(String head, NameMap<AcceptedDatastore> datastores, String tail, byte[] config) {
      this.datastores = datastores;
      this.names = datastores.names();
      this.values = datastores.values();
      this.head = head.getBytes(US_ASCII);
      this.tail = tail.getBytes(US_ASCII);
      this.config = config;
      this.ends = new int[datastores.size()];
    }

    WrittenState write(Optional<WrittenState> last) {
      return last.filter(before -> before.datastores.sharesNames(datastores))
          .map(this::takeOver)
          .orElseGet(this::writeAll);
    }

    private WrittenState writeAll() {
      Bytes out = begin(LINE * ends.length);
      for (int place = 0; place < ends.length; place++) {
        out.writeBytes(lines(place));
        ends[place] = out.size();
      }
      return end(out);
    }

    private WrittenState takeOver(WrittenState last) {
      List<AcceptedDatastore> before = last.datastores.values();
      SortedMap<Integer, byte[]> changed = new TreeMap<>();
      int size = last.start(ends.length) - last.begin;
      for (int place = 0; place < ends.length; place++) {
        if (values.get(place) != before.get(place)) {
          byte[] lines = lines(place);
          changed.put(place, lines);
          size += lines.length - (last.ends[place] - last.start(place));
        }
      }
      Bytes out = begin(size);
      int from = 0;
      for (Map.Entry<Integer, byte[]> lines : changed.entrySet()) {
        int place = lines.getKey();
        copy(last, from, place, out);
        out.writeBytes(lines.getValue());
        ends[place] = out.size();
        from = place + 1;
      }
      copy(last, from, ends.length, out);
      return end(out);
    }

    private Bytes begin(int size) {
      Bytes out =
          new Bytes(head.length + size + tail.length + config.length + 1 + StateText.END_LENGTH);
      out.writeBytes(head);
      return out;
    }

    private WrittenState end(Bytes out) {
      out.writeBytes(tail);
      out.writeBytes(config);
      out.write('\n');
      out.writeBytes(out.end().getBytes(US_ASCII));
      return new WrittenState(datastores, out.toByteArray(), head.length, ends);
    }

    private void copy(WrittenState last, int from, int to, Bytes out) {
      int start = last.start(from);
      int moved = out.size() - start;
      out.write(last.bytes, start, last.start(to) - start);
      for (int place = from; place < to; place++) {
        ends[place] = last.ends[place] + moved;
      }
    }

    private byte[] lines(int place) {
      line.setLength(0);
      StateText.datastore(line, names.get(place), values.get(place));
      return line.toString().getBytes(US_ASCII);
    }
  }

  /** What was written so far can be summed up, and all of it taken, without a copy. */
  private static final class Bytes extends ByteArrayOutputStream {

    Bytes(int size) {
      super(size);
    }

    String end() {
      return StateText.end(buf, count);
    }

    @Override
    public synchronized byte[] toByteArray() {
      return count == buf.length ? buf : super.toByteArray();
    }
  }
}
