package io.datastored.cli.view;

import com.google.common.base.Ascii;
import com.google.common.base.Strings;
import com.google.common.collect.Ordering;
import java.util.Collection;
import java.util.List;

/**
 * Short ids are ids shortened so that tables fit a terminal, to the length at which those of a
 * table still differ. Immutable. A beginning is enough to find an id.
 */
public final class ShortIds {

  private static final int SHORTEST = 12;

  private final int length;

  private ShortIds(int length) {
    this.length = length;
  }

  /** The short forms of the ids of one table. */
  public static ShortIds among(Collection<String> ids) {
    List<String> sorted = Ordering.natural().immutableSortedCopy(ids);
    int length = SHORTEST;
    for (int at = 1; at < sorted.size(); at++) {
      String one = sorted.get(at - 1);
      String next = sorted.get(at);
      if (!one.equals(next)) {
        length = Math.max(length, Strings.commonPrefix(one, next).length() + 1);
      }
    }
    return new ShortIds(length);
  }

  public String of(String id) {
    return id.length() <= length + 2 ? id : Ascii.truncate(id, length, "");
  }
}
