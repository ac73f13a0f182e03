package io.datastored.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GcStatusFileTest {
  @TempDir Path base;

  @Test
  void read_asUpstreamWrites_isTheResult() throws IOException {
    write(
        """
        {"upid":"UPID:a:b","index-file-count":1,"index-data-bytes":2,"disk-bytes":3,"disk-chunks":4,
         "removed-bytes":5,"removed-chunks":6,"pending-bytes":7,"pending-chunks":8,"removed-bad":9,
         "still-bad":10,"cache-stats":{"hits":1,"misses":2}}
        """);

    assertThat(GcStatusFile.in(base).read())
        .contains(new GcResult("UPID:a:b", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
  }

  @Test
  void read_partsMissing_areZero() throws IOException {
    write("{\"upid\":null,\"disk-bytes\":3}");

    assertThat(GcStatusFile.in(base).read())
        .contains(new GcResult("", 0, 0, 3, 0, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void read_noFile_isNone() {
    assertThat(GcStatusFile.in(base).read()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "7",
        "{",
        "{\"disk-bytes\":\"many\"}",
        "{\"disk-bytes\":{}}",
        "{\"disk-bytes\":[1,2]}",
        "{\"upid\":{}}",
        "\u0000\u0001"
      })
  void read_notTheJson_isNone(String content) throws IOException {
    write(content);

    assertThat(GcStatusFile.in(base).read()).isEmpty();
  }

  @Test
  void read_tooLong_isNone() throws IOException {
    write("{\"upid\":\"" + "x".repeat(GcStatusFile.MOST_BYTES) + "\"}");

    assertThat(GcStatusFile.in(base).read()).isEmpty();
  }

  private void write(String content) throws IOException {
    Files.writeString(base.resolve(".gc-status"), content);
  }
}
