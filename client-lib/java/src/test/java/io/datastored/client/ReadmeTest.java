package io.datastored.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.client.fake.FakeDatastored;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program of the README, unchanged. */
final class ReadmeTest {

  private static final Pattern PROGRAM =
      Pattern.compile("```java\n(import .*?)```", Pattern.DOTALL);

  @TempDir Path directory;

  @Test
  void program_ofTheReadme_runs_inAtMost25Lines() throws Exception {
    Matcher found = PROGRAM.matcher(Files.readString(Path.of("README.md")));
    assertThat(found.find()).isTrue();
    assertThat(found.group(1).lines().count()).isLessThanOrEqualTo(25);
    Path program = directory.resolve("Backup.java");
    Files.writeString(program, found.group(1));
    try (var server = FakeDatastored.start()) {
      server.put("main");
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  // The class path of this build may have two logging configurations, which Logback
                  // would report.
                  "-Dlogback.statusListenerClass=ch.qos.logback.core.status.NopStatusListener",
                  "-cp",
                  System.getProperty("java.class.path"),
                  program.toString(),
                  server.target())
              .redirectError(directory.resolve("err").toFile())
              .start();
      try (InputStream out = process.getInputStream()) {
        String printed = new String(out.readAllBytes(), UTF_8);
        assertThat(printed)
            .as(Files.readString(directory.resolve("err")))
            .isEqualTo("SERVER /srv/main\nCACHE /srv/main\nCACHE /srv/main\n");
      }
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      assertThat(server.sessions()).isEmpty();
    }
  }
}
