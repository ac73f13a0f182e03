package io.datastored.admin.metric;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Ascii;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class MetricTest {

  /** Each metric has its row, in this order, and each row its metric. */
  @Test
  void document_listsTheCatalog() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("../../docs/observability.md")).stream()
            .filter(line -> line.matches("\\| `(datastored|jvm|process)_.*"))
            .toList();

    assertThat(rows)
        .containsExactlyElementsOf(Stream.of(Metric.values()).map(MetricTest::row).toList());
  }

  private static String row(Metric metric) {
    return "| `%s` | %s | %s | %s |"
        .formatted(
            shown(metric),
            Ascii.toLowerCase(metric.kind().name()),
            metric.labels().stream().map("`%s`"::formatted).collect(Collectors.joining(", ")),
            metric.help());
  }

  @Test
  void names_followTheConventions() {
    assertThat(Stream.of(Metric.values()).map(MetricTest::shown))
        .doesNotHaveDuplicates()
        .allMatch(name -> name.matches("(datastored|jvm|process)(_[a-z]+)+"));
  }

  /** The name in Prometheus. */
  static String shown(Metric metric) {
    String unitWord =
        switch (metric.unit()) {
          case "s" -> "_seconds";
          case "By" -> "_bytes";
          default -> "";
        };
    return metric.dotted().replace('.', '_')
        + unitWord
        + (metric.kind() == Metric.Kind.COUNTER ? "_total" : "");
  }
}
