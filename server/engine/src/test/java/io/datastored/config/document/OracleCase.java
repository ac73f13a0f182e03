package io.datastored.config.document;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * An oracle case is one file and what the original made of it, from the resources in {@code
 * oracle}. A case starts with a line {@code = ID …}; every other line starts with the word that
 * says what it is. In texts {@code \n}, {@code \t}, {@code \r}, {@code \\} and {@code \xHH}, a
 * byte, stand for what they say.
 *
 * @param head the words of the first line
 * @param input the file
 * @param lines the lines behind it, word and rest
 */
record OracleCase(List<String> head, byte[] input, List<List<String>> lines) {

  static List<OracleCase> all(String resource) throws IOException {
    String text;
    try (InputStream in =
        Objects.requireNonNull(OracleCase.class.getResourceAsStream("/oracle/" + resource))) {
      text = new String(in.readAllBytes(), UTF_8);
    }
    List<OracleCase> cases = new ArrayList<>();
    for (String block : text.substring(2).split("\n= ")) {
      List<String> lines = block.lines().toList();
      cases.add(
          new OracleCase(
              Arrays.asList(lines.get(0).split(" ")),
              bytes(lines.get(1).substring(2)),
              lines.stream().skip(2).map(line -> Arrays.asList(line.split(" ", 2))).toList()));
    }
    return cases;
  }

  static byte[] bytes(String escaped) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < escaped.length(); i++) {
      char c = escaped.charAt(i);
      if (c != '\\') {
        bytes.write(c);
        continue;
      }
      i++;
      switch (escaped.charAt(i)) {
        case 'n' -> bytes.write('\n');
        case 't' -> bytes.write('\t');
        case 'r' -> bytes.write('\r');
        case 'x' -> {
          bytes.write(Integer.parseInt(escaped, i + 1, i + 3, 16));
          i += 2;
        }
        default -> bytes.write(escaped.charAt(i));
      }
    }
    return bytes.toByteArray();
  }

  static String text(String escaped) {
    return new String(bytes(escaped), UTF_8);
  }

  String id() {
    return head.get(0);
  }

  /** Whether the original reads the file. */
  boolean isAccepted() {
    return head.get(2).equals("accepted");
  }

  /** Whether it writes what it has read. */
  boolean isSaved() {
    return !head.contains("unsaved");
  }

  /** The sections that it can use, by name, with what they say. */
  Map<String, Map<String, String>> usable() {
    Map<String, Map<String, String>> usable = new LinkedHashMap<>();
    String name = "";
    for (List<String> line : lines) {
      String rest = line.get(1);
      if (line.get(0).equals("+")) {
        name = rest.substring(0, rest.lastIndexOf(' '));
        if (rest.endsWith(" usable")) {
          usable.put(name, new LinkedHashMap<>());
        }
      } else if (line.get(0).equals(".")) {
        int blank = rest.indexOf(' ');
        usable.get(name).put(rest.substring(0, blank), text(rest.substring(blank + 1)));
      }
    }
    return usable;
  }

  /** The sections that it reads and cannot use. */
  List<String> unusable() {
    return lines.stream()
        .filter(line -> line.get(0).equals("+") && line.get(1).endsWith(" unusable"))
        .map(line -> line.get(1).substring(0, line.get(1).lastIndexOf(' ')))
        .toList();
  }

  @Override
  public String toString() {
    return id();
  }
}
