package io.datastored.config.document;

import io.datastored.config.DatastoreName;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.RandomAccess;

/**
 * Source spans are where the sections with an id stand in a document, in the order of the file.
 * Immutable. In arrays, since of a hundred thousand all behind the one that changes move.
 */
final class SourceSpans extends AbstractList<SourceSpan> implements RandomAccess {

  private final DatastoreName[] names;
  private final int[] starts;
  private final int[] ends;
  private final int[] lines;
  private final BitSet faulty;

  private SourceSpans(DatastoreName[] names, int[] starts, int[] ends, int[] lines, BitSet faulty) {
    this.names = names;
    this.starts = starts;
    this.ends = ends;
    this.lines = lines;
    this.faulty = faulty;
  }

  @Override
  public SourceSpan get(int index) {
    return new SourceSpan(
        names[index], starts[index], ends[index], lines[index], !faulty.get(index));
  }

  @Override
  public int size() {
    return names.length;
  }

  /**
   * Returns the index of the place with this very name.
   *
   * @throws IllegalArgumentException when there is none
   */
  int indexOfSame(DatastoreName name) {
    for (int i = 0; i < names.length; i++) {
      if (names[i] == name) {
        return i;
      }
    }
    throw new IllegalArgumentException("datastore '" + name + "' has no place");
  }

  /**
   * Returns the places after a good section was put where another one stood.
   *
   * @param characters how much longer it is
   * @param moreLines how many lines more it has
   */
  SourceSpans replacing(int index, DatastoreName name, int characters, int moreLines) {
    DatastoreName[] nextNames = names.clone();
    nextNames[index] = name;
    int[] nextStarts = starts.clone();
    int[] nextEnds = ends.clone();
    int[] nextLines = lines.clone();
    nextEnds[index] += characters;
    for (int i = index + 1; i < names.length; i++) {
      nextStarts[i] += characters;
      nextEnds[i] += characters;
      nextLines[i] += moreLines;
    }
    BitSet nextFaulty = (BitSet) faulty.clone();
    nextFaulty.clear(index);
    return new SourceSpans(nextNames, nextStarts, nextEnds, nextLines, nextFaulty);
  }

  /** A builder collects places. Confined to one thread. */
  static final class Builder {

    private DatastoreName[] names;
    private int[] starts;
    private int[] ends;
    private int[] lines;
    private final BitSet faulty = new BitSet();
    private int size;

    /**
     * @param expected how many there will be, about
     */
    Builder(int expected) {
      int room = Math.max(1, expected);
      names = new DatastoreName[room];
      starts = new int[room];
      ends = new int[room];
      lines = new int[room];
    }

    /** Adds a place; the parameters are those of {@link SourceSpan}. */
    public void add(DatastoreName name, int start, int end, int line, boolean good) {
      if (size == names.length) {
        resize(size * 2);
      }
      names[size] = name;
      starts[size] = start;
      ends[size] = end;
      lines[size] = line;
      faulty.set(size, !good);
      size++;
    }

    private void resize(int room) {
      names = Arrays.copyOf(names, room);
      starts = Arrays.copyOf(starts, room);
      ends = Arrays.copyOf(ends, room);
      lines = Arrays.copyOf(lines, room);
    }

    public SourceSpans build() {
      resize(size);
      return new SourceSpans(names, starts, ends, lines, faulty);
    }
  }
}
