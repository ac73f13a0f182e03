package io.datastored.proof;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A history file is what one worker writes down. Thread-safe: a line is one write to the file, so
 * that it outlives a kill of the worker at any moment, whole.
 */
final class HistoryFile implements AutoCloseable {

  private static final String SUFFIX = ".history";

  private final String who;
  private final FileOutputStream out;

  private HistoryFile(String who, FileOutputStream out) {
    this.who = who;
    this.out = out;
  }

  static HistoryFile of(Path directory, String who) throws IOException {
    Path file = directory.resolve(who + SUFFIX);
    return new HistoryFile(who, new FileOutputStream(file.toFile(), /* append= */ true));
  }

  /** Writes down what happens now. */
  void add(Event.Kind kind, Object... fields) {
    add(System.nanoTime(), kind, fields);
  }

  /** Writes down what happened at a moment. */
  synchronized void add(long nanos, Event.Kind kind, Object... fields) {
    try {
      out.write((Event.of(nanos, who, kind, fields) + "\n").getBytes(US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What all wrote down, in the order of time; of one writer also in the order of its lines. */
  static List<Event> read(Path directory) throws IOException {
    List<Event> events = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(path -> path.toString().endsWith(SUFFIX)).sorted().toList()) {
        String text = Files.readString(file, US_ASCII);
        // A line that a kill has cut has no end.
        text.substring(0, text.lastIndexOf('\n') + 1)
            .lines()
            .map(Event::parse)
            .forEach(events::add);
      }
    }
    events.sort(Comparator.comparingLong(Event::nanos));
    return events;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
