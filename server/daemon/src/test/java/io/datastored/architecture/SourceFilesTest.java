package io.datastored.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class SourceFilesTest {

  static final Pattern BANNED_NAME =
      Pattern.compile("(Impl|Utils?|Helper|Manager|Constants|Common|Base|2)$");

  private static final int LONGEST_FILE = 350;

  private static final List<String> MODULES =
      List.of("server/engine", "server/etcd", "server/daemon", "client-lib/java", "bench");

  @Test
  void files_areShort() {
    Map<Path, Long> tooLong = new TreeMap<>();
    for (Path file : sourceFiles()) {
      long lines = countLines(file);
      if (lines > LONGEST_FILE) {
        tooLong.put(file, lines);
      }
    }
    assertThat(tooLong).isEmpty();
  }

  @Test
  void files_areNamedForTheThing_notForThePattern() {
    assertThat(sourceFiles())
        .extracting(file -> file.getFileName().toString().replace(".java", ""))
        .noneMatch(name -> BANNED_NAME.matcher(name).find());
  }

  private static List<Path> sourceFiles() {
    Path root = Path.of("../..").toAbsolutePath().normalize();
    return MODULES.stream().flatMap(module -> javaFiles(root.resolve(module))).toList();
  }

  private static Stream<Path> javaFiles(Path module) {
    try (Stream<Path> files = Files.walk(module.resolve("src/main/java"))) {
      return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long countLines(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
