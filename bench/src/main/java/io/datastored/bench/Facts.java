package io.datastored.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Facts are the numbers of a report by name, in a file to which every program of a run adds its
 * own. Stateless.
 *
 * <p>The system property {@code bench.facts} names the file; without it nothing is written.
 */
public final class Facts {

  private Facts() {}

  /** Adds a fact; the last fact of a name counts. */
  public static void tell(String name, Spread spread) {
    String file = System.getProperty("bench.facts");
    if (file == null) {
      return;
    }
    String line = name + "\t" + spread.median() + "\t" + spread.low() + "\t" + spread.high() + "\n";
    try {
      Path unused =
          Files.writeString(
              Path.of(file), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds a fact that was measured once. */
  public static void tell(String name, double number) {
    tell(name, Spread.of(number));
  }

  static Map<String, Spread> read(Path file) throws IOException {
    Map<String, Spread> facts = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file, UTF_8)) {
      String[] cells = line.split("\t", -1);
      facts.put(
          cells[0],
          new Spread(
              Double.parseDouble(cells[1]),
              Double.parseDouble(cells[2]),
              Double.parseDouble(cells[3])));
    }
    return facts;
  }
}
