package io.datastored.testkit;

import java.util.ArrayList;
import java.util.List;

/**
 * A watched command runs any program, which is killed when the process that started it is gone,
 * even if that was killed: by then the standard input has an end. Stateless.
 *
 * <p>The process is the program itself: it has the pid, the signals and the exit status. Its own
 * standard input is empty.
 */
public final class WatchedCommand {

  /**
   * The watcher is a child of the program. It looks whether it still is: when the program has ended
   * by itself, its number may be that of another process.
   */
  private static final String WATCHER =
      """
      exec 3<&0 </dev/null
      (cat <&3; read -r pid name state parent rest </proc/self/stat
       if [ "$parent" = $$ ]; then kill -KILL $$; fi) >/dev/null 2>&1 &
      exec 3<&- "$@"
      """;

  private WatchedCommand() {}

  /** The words that run a program so. */
  public static List<String> of(List<String> command) {
    List<String> words = new ArrayList<>(List.of("sh", "-c", WATCHER, "sh"));
    words.addAll(command);
    return words;
  }
}
