package io.datastored.cli.cluster;

import com.google.common.collect.ImmutableMap;
import io.datastored.cli.command.CallersLocale;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * An editor is the program with which somebody edits text: {@code $VISUAL}, {@code $EDITOR}, or
 * {@code vi}. Immutable.
 *
 * @param command as a shell reads it, such as {@code code --wait}
 */
record Editor(String command) {

  private static final String USUAL = "vi";

  /** The one of an environment. */
  static Editor in(ImmutableMap<String, String> environment) {
    return Stream.of("VISUAL", "EDITOR")
        .map(variable -> environment.getOrDefault(variable, ""))
        .filter(command -> !command.isBlank())
        .map(Editor::new)
        .findFirst()
        .orElseGet(() -> new Editor(USUAL));
  }

  /**
   * Edits a file on the terminal of this process.
   *
   * @return the exit status of the editor
   */
  int edit(Path file) throws IOException {
    ProcessBuilder process =
        new ProcessBuilder("sh", "-c", command + " \"$1\"", "sh", file.toString()).inheritIO();
    CallersLocale.restore(process.environment());
    try {
      return process.start().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while it runs", e);
    }
  }
}
