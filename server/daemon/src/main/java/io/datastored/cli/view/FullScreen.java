package io.datastored.cli.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A full screen is a terminal that a command draws on as a whole; once closed, the terminal is as
 * it was. Confined to the command's thread, except for the thread that reads keys.
 */
public final class FullScreen implements AutoCloseable {

  /** The other screen of the terminal, without a cursor; long lines are cut, not wrapped. */
  private static final String ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l";

  private static final String LEAVE = "\u001b[?7h\u001b[?25h\u001b[?1049l";
  private static final File TERMINAL = new File("/dev/tty");

  /** The rows and columns of a terminal. */
  record Size(int rows, int columns) {

    /** What a terminal has that does not say it. */
    private static final Size USUAL = new Size(24, 80);

    /** As {@code stty size} prints it; some terminals say {@code 0 0}. */
    static Size parse(String text) {
      List<String> words = Splitter.on(' ').splitToList(text);
      return text.matches("[1-9]\\d{0,4} [1-9]\\d{0,4}")
          ? new Size(Integer.parseInt(words.get(0)), Integer.parseInt(words.get(1)))
          : USUAL;
    }
  }

  private final PrintWriter out;
  private final String settings;

  private FullScreen(PrintWriter out, String settings) {
    this.out = out;
    this.settings = settings;
  }

  /** The screen of this process's terminal; empty if its settings cannot be changed. */
  public static Optional<FullScreen> enter(PrintWriter out) {
    Optional<String> settings = stty("-g");
    if (settings.isEmpty() || stty("-icanon", "-echo", "susp", "undef", "min", "1").isEmpty()) {
      return Optional.empty();
    }
    out.print(ENTER);
    out.flush();
    return Optional.of(new FullScreen(out, settings.get()));
  }

  /** Calls back once when q is typed. */
  public void onQuit(InputStream keys, Runnable quit) {
    var reader =
        new Thread(
            () -> {
              try {
                int key;
                do {
                  key = keys.read();
                } while (key >= 0 && key != 'q' && key != 'Q');
                if (key >= 0) {
                  quit.run();
                }
              } catch (IOException e) {
                // The terminal is gone, and the command will be told by a signal.
              }
            },
            "keys");
    reader.setDaemon(true);
    reader.start();
  }

  /** Shows as many of the lines as fit, and the last line at the bottom. */
  public void draw(List<String> lines, String last) {
    out.print(frame(lines, last, stty("size").map(Size::parse).orElse(Size.USUAL)));
    out.flush();
  }

  static String frame(List<String> lines, String last, Size size) {
    int room = size.rows() - 1;
    boolean fits = lines.size() <= room;
    int shown = fits ? lines.size() : Math.max(0, room - 1);
    var frame = new StringBuilder("\u001b[H");
    for (int row = 0; row < room; row++) {
      String line = "";
      if (row < shown) {
        line = lines.get(row);
      } else if (row == shown && !fits) {
        line = "and %s below".formatted(HumanFormat.count(lines.size() - shown, "line"));
      }
      frame.append(cut(line, size.columns())).append("\u001b[K\n");
    }
    return frame.append(cut(last, size.columns())).append("\u001b[K").toString();
  }

  private static String cut(String line, int columns) {
    String visible = VisibleText.of(line);
    return visible.codePointCount(0, visible.length()) <= columns
        ? visible
        : visible.substring(0, visible.offsetByCodePoints(0, columns - 1)) + "…";
  }

  @Override
  public void close() {
    out.print(LEAVE);
    out.flush();
    // A command that was interrupted restores the terminal all the same.
    boolean interrupted = Thread.interrupted();
    stty(settings);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** What it prints; empty if it fails. */
  private static Optional<String> stty(String... words) {
    List<String> command = new ArrayList<>(List.of(words));
    command.add(0, "stty");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(TERMINAL)
              .redirectError(Redirect.DISCARD)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
      return process.waitFor() == 0 ? Optional.of(said) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
