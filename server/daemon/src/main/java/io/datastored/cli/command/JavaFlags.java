package io.datastored.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Java flags are the flags that this Java VM was started with. Stateless. */
final class JavaFlags {

  private static final Logger log = LoggerFactory.getLogger(JavaFlags.class);

  private JavaFlags() {}

  /**
   * Warns if the server would survive an OutOfMemoryError: it would then answer some calls and lose
   * others, so it should exit and be restarted.
   */
  static void warnIfMemoryErrorsAreOutlived() {
    if (!endsWithoutMemory(given())) {
      log.atWarn()
          .log(
              "this server would keep running after an OutOfMemoryError; start it with"
                  + " server/bin/datastored, or with: java -XX:+ExitOnOutOfMemoryError -jar"
                  + " datastored.jar serve");
    }
  }

  static boolean endsWithoutMemory(String flags) {
    return flags.contains("-XX:+ExitOnOutOfMemoryError")
        || flags.contains("-XX:+CrashOnOutOfMemoryError");
  }

  /** Read from the system, because Java's management API is slow to load. */
  private static String given() {
    String commandLine;
    try {
      commandLine = Files.readString(Path.of("/proc/self/cmdline"), UTF_8);
    } catch (IOException e) {
      commandLine = "";
    }
    String environment =
        String.join(
            " ",
            Stream.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS")
                .map(System.getenv()::get)
                .flatMap(Stream::ofNullable)
                .toList());
    return commandLine + ' ' + environment;
  }
}
