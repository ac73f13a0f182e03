package io.datastored.proof.history;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A history file is what one process writes down. Thread-safe: under its own lock; a line is one
 * write to the file, so that it outlives a kill of the process at any moment, whole.
 *
 * <p>What is said again and again is not written each time: of equal events in a row the last one
 * always is, so nothing is lost that a validator asks for.
 */
public final class HistoryFile implements AutoCloseable {

  private static final String SUFFIX = ".history";
  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** What was said last about something, and when something of it was written last. */
  private record Said(Event event, boolean written, long writtenNanos) {}

  private final String who;
  private final FileOutputStream out;
  private final Map<String, Said> last = new HashMap<>();

  private HistoryFile(String who, FileOutputStream out) {
    this.who = who;
    this.out = out;
  }

  public static HistoryFile of(Path directory, String who) throws IOException {
    Path file = directory.resolve(who + SUFFIX);
    return new HistoryFile(who, new FileOutputStream(file.toFile(), /* append= */ true));
  }

  /** Writes down what happens now. */
  public void add(Kind kind, Object... fields) {
    add(System.nanoTime(), kind, fields);
  }

  /** Writes down what happened at a moment. */
  public void add(long nanos, Kind kind, Object... fields) {
    write(Event.of(nanos, who, kind, fields));
  }

  /**
   * Writes down what happened at a moment, or remembers it for as long as the same is said.
   *
   * @param about who says it about what; nothing else is said under this word
   */
  public synchronized void again(String about, long nanos, Kind kind, Object... fields) {
    Event event = Event.of(nanos, who, kind, fields);
    Said said = last.get(about);
    if (said == null || !said.event().tellsTheSameAs(event)) {
      writeDown(said);
      write(event);
      last.put(about, new Said(event, true, nanos));
    } else if (nanos - said.writtenNanos() > QUIET_NANOS) {
      write(event);
      last.put(about, new Said(event, true, nanos));
    } else {
      last.put(about, new Said(event, false, said.writtenNanos()));
    }
  }

  /** Nothing more is said about it for now. */
  public synchronized void enough(String about) {
    writeDown(last.remove(about));
  }

  private void writeDown(Said said) {
    if (said != null && !said.written()) {
      write(said.event());
    }
  }

  private synchronized void write(Event event) {
    try {
      out.write((event + "\n").getBytes(US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What all wrote down, in the order of time; of one writer also in the order of its lines. */
  public static List<Event> read(Path directory) throws IOException {
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
  public synchronized void close() throws IOException {
    last.values().forEach(this::writeDown);
    last.clear();
    out.close();
  }
}
