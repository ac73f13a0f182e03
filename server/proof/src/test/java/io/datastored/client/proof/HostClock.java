package io.datastored.client.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;

/**
 * A host clock is the wall clock of a process under libfaketime, as if somebody had set it. The
 * monotonic clock stays what it is. Confined to one thread.
 *
 * <p>The library is named by the system property {@code proof.faketime}; where it is not, nothing
 * can be played that needs it.
 */
final class HostClock {

  /** The process looks at the file so often. */
  private static final int SECONDS_UNTIL_SEEN = 1;

  private final Path library;
  private final Path file;

  private HostClock(Path library, Path file) {
    this.library = library;
    this.file = file;
  }

  static Optional<Path> library() {
    return Optional.ofNullable(System.getProperty("proof.faketime"))
        .filter(path -> !path.isEmpty())
        .map(Path::of);
  }

  static HostClock of(Path library, Path directory) throws IOException {
    HostClock clock = new HostClock(library, directory.resolve("clock"));
    clock.shiftBy(0);
    return clock;
  }

  /** The process sees it within a second or so. */
  void shiftBy(int seconds) throws IOException {
    Path next = Files.writeString(file.resolveSibling("clock.next"), "%+d".formatted(seconds));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** What the process must find in its environment. */
  Map<String, String> environment() {
    return Map.of(
        "LD_PRELOAD",
        library.toString(),
        "FAKETIME_TIMESTAMP_FILE",
        file.toString(),
        // At every question would cost more than the rest of the process.
        "FAKETIME_CACHE_DURATION",
        Integer.toString(SECONDS_UNTIL_SEEN),
        "FAKETIME_DONT_FAKE_MONOTONIC",
        "1",
        "DONT_FAKE_MONOTONIC",
        "1",
        // With this fix every timed wait of Java ends at once, and each thread of the process
        // spins.
        "FAKETIME_FORCE_MONOTONIC_FIX",
        "0");
  }
}
