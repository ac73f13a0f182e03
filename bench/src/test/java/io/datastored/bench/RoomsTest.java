package io.datastored.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The measurements use what this package offers, and not the other way round. */
final class RoomsTest {

  @Test
  void whatAllMeasurementsShare_knowsNoneOfThem() throws IOException {
    Path shared = Path.of("src/main/java/io/datastored/bench");
    try (Stream<Path> files =
        Files.list(shared).filter(file -> file.toString().endsWith(".java"))) {
      assertThat(files)
          .isNotEmpty()
          .allSatisfy(
              file ->
                  assertThat(Files.readString(file))
                      .doesNotContainPattern("import io\\.datastored\\.bench\\.[a-z]+\\."));
    }
  }
}
