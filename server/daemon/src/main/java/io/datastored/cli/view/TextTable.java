package io.datastored.cli.view;

import com.google.common.base.Strings;
import com.google.common.collect.ImmutableList;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A text table is rows under headings with aligned columns: numbers to the right, the rest to the
 * left. Confined to one thread.
 */
public final class TextTable {

  /** A number, an age, a size, or a dash for none. */
  private static final Pattern AMOUNT = Pattern.compile("-|\\d+(\\.\\d+)?[A-Za-z]?");

  private final List<ImmutableList<String>> rows = new ArrayList<>();

  public TextTable(String... headings) {
    rows.add(ImmutableList.copyOf(headings));
  }

  /**
   * Adds a row with one cell per heading; an empty cell prints as {@code -}, except for the last.
   */
  public TextTable row(Object... cells) {
    if (cells.length != rows.get(0).size()) {
      throw new IllegalArgumentException("a row has one cell for each heading");
    }
    rows.add(
        Stream.of(cells)
            .map(cell -> VisibleText.of(String.valueOf(cell)))
            .collect(ImmutableList.toImmutableList()));
    return this;
  }

  /** The lines, without trailing blanks. */
  ImmutableList<String> lines() {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    boolean[] amounts = new boolean[columns];
    for (int column = 0; column < columns; column++) {
      int each = column;
      widths[column] = rows.stream().mapToInt(row -> cell(row, each).length()).max().orElse(0);
      amounts[column] =
          rows.stream().skip(1).allMatch(row -> AMOUNT.matcher(cell(row, each)).matches());
    }
    return rows.stream()
        .map(row -> line(row, widths, amounts))
        .collect(ImmutableList.toImmutableList());
  }

  public void printTo(PrintWriter out) {
    lines().forEach(out::println);
  }

  private static String line(ImmutableList<String> row, int[] widths, boolean[] amounts) {
    var line = new StringBuilder();
    for (int column = 0; column < row.size(); column++) {
      String cell = cell(row, column);
      line.append(column == 0 ? "" : "  ")
          .append(
              amounts[column]
                  ? Strings.padStart(cell, widths[column], ' ')
                  : Strings.padEnd(cell, widths[column], ' '));
    }
    return line.toString().stripTrailing();
  }

  private static String cell(ImmutableList<String> row, int column) {
    String cell = row.get(column);
    return cell.isEmpty() && column < row.size() - 1 ? "-" : cell;
  }
}
