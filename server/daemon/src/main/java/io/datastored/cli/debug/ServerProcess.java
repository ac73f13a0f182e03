package io.datastored.cli.debug;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import io.datastored.cli.flag.EnvironmentDefaults;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A server process is what the system knows of a server on this host. Immutable.
 *
 * @param pid 0 if it is not known
 */
record ServerProcess(long pid) {

  /** The end of a log in a file. */
  private static final int LOG_BYTES = 1 << 20;

  private static final String JOURNAL_LINES = "5000";

  /** The option of {@code serve} that names a file of options. */
  private static final String OPTIONS = "--options";

  /**
   * The options that the server was started with: those of the command line, those of the
   * environment that {@code serve} knows, those of its options file as it is now, and the flags of
   * the Java virtual machine. The values of Java properties are left out.
   */
  String options(CommandSpec serve) throws IOException {
    var text = new StringBuilder();
    List<String> words = Splitter.on('\0').omitEmptyStrings().splitToList(read("cmdline"));
    boolean ours = false;
    for (String word : words) {
      ours |= word.equals("serve");
      if (ours || !word.startsWith("-D")) {
        text.append(word).append('\n');
      } else {
        text.append(word.replaceFirst("=.*", "=(left out)")).append('\n');
      }
    }
    Map<String, String> environment = environment();
    var defaults = new EnvironmentDefaults(environment);
    var known = new TreeMap<String, String>();
    serve.options().stream()
        .flatMap(option -> defaults.variableFor(option).stream())
        .forEach(variable -> known.put(variable, environment.get(variable)));
    known.forEach(
        (variable, value) -> text.append(variable).append('=').append(value).append('\n'));
    String file =
        optionsFile(words)
            .or(() -> Optional.ofNullable(known.get("DATASTORED_OPTIONS")))
            .orElse("");
    if (!file.isEmpty()) {
      text.append('\n').append(fileText(file));
    }
    return text.toString();
  }

  private static Optional<String> optionsFile(List<String> words) {
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.startsWith(OPTIONS + "=")) {
        return Optional.of(word.substring(OPTIONS.length() + 1));
      }
      if (word.equals(OPTIONS) && i + 1 < words.size()) {
        return Optional.of(words.get(i + 1));
      }
    }
    return Optional.empty();
  }

  /** An options file, which the server has read from its own directory, under its own root. */
  private String fileText(String file) {
    Path seen = directory().resolve("cwd").resolve(file);
    if (file.startsWith("/")) {
      seen = directory().resolve("root").resolve(file.substring(1));
    }
    try {
      return "%s, as it is now:%n%s".formatted(file, Files.readString(seen));
    } catch (IOException e) {
      return "%s cannot be read: %s%n".formatted(file, e);
    }
  }

  private Map<String, String> environment() throws IOException {
    var environment = new HashMap<String, String>();
    for (String variable : Splitter.on('\0').omitEmptyStrings().split(read("environ"))) {
      int equals = variable.indexOf('=');
      if (equals > 0) {
        environment.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    return environment;
  }

  /** The limits and the state of the process. */
  String limits() throws IOException {
    return read("limits") + "\n" + read("status");
  }

  /** The end of the log: that of the journal for a service, or of the file that stderr goes to. */
  String log() throws IOException {
    if (read("cgroup").contains(".service")) {
      return journal();
    }
    Path log = Files.readSymbolicLink(directory().resolve("fd/2"));
    if (!Files.isRegularFile(log)) {
      throw new IOException("the log goes to %s, not to a file".formatted(log));
    }
    try (var file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(Math.max(0, file.length() - LOG_BYTES));
      var bytes = new byte[(int) Math.min(LOG_BYTES, file.length() - file.getFilePointer())];
      file.readFully(bytes);
      return new String(bytes, UTF_8);
    }
  }

  private String journal() throws IOException {
    Process journal =
        new ProcessBuilder(
                List.of(
                    "journalctl",
                    "--no-pager",
                    "-o",
                    "short-iso",
                    "-n",
                    JOURNAL_LINES,
                    "_PID=" + pid))
            .redirectErrorStream(true)
            .start();
    String text = new String(journal.getInputStream().readAllBytes(), UTF_8);
    if (text.isBlank()) {
      throw new IOException("the journal has no lines of process " + pid);
    }
    return text;
  }

  /**
   * Its number.
   *
   * @throws IOException if it is not known
   */
  long known() throws IOException {
    if (pid == 0) {
      throw new IOException(
          "the process of the server is not known: call it by its Unix socket, or give --pid");
    }
    return pid;
  }

  private String read(String name) throws IOException {
    long unused = known();
    try {
      return Files.readString(directory().resolve(name));
    } catch (AccessDeniedException e) {
      throw new IOException(
          "process %d belongs to another user: run this command as that user or root"
              .formatted(pid),
          e);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no process " + pid, e);
    }
  }

  private Path directory() {
    return Path.of("/proc/" + pid);
  }
}
