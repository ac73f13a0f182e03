package io.datastored.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Commands whose files Proxmox Backup Server 4.2.3 was asked about. A command either ends with a
 * refusal and changes nothing, or writes what that server reads as it was meant.
 */
@Tag("long")
final class OracleCommandsTest {

  private static final Pattern ADDRESS = Pattern.compile(" on (127\\.0\\.0\\.1:\\d+)");

  @TempDir Path directory;

  /**
   * One case.
   *
   * @param commands status, blank, words parted by bars
   */
  record Case(String title, String before, List<String> commands, String after) {
    @Override
    public String toString() {
      return title;
    }
  }

  static Stream<Case> cases() throws IOException {
    String text;
    try (InputStream in =
        Objects.requireNonNull(
            OracleCommandsTest.class.getResourceAsStream("/oracle/commands.txt"))) {
      text = new String(in.readAllBytes(), UTF_8);
    }
    return Stream.of(text.substring(2).split("\n= "))
        .map(
            block -> {
              List<String> lines = block.lines().toList();
              return new Case(
                  lines.get(0),
                  plain(lines.get(1).substring(2)),
                  lines.stream()
                      .filter(line -> line.startsWith("$ "))
                      .map(line -> line.substring(2))
                      .toList(),
                  plain(lines.get(lines.size() - 1).substring(2)));
            });
  }

  private static String plain(String escaped) {
    return escaped.translateEscapes();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void command_writesWhatTheOriginalReads_orNothing(Case given) throws IOException {
    Path config = Files.writeString(directory.resolve("datastore.cfg"), given.before());
    try (BackgroundCommand server =
        new BackgroundCommand(
            "serve",
            "--config=" + config,
            "--state-dir=" + directory.resolve("state"),
            "--run-dir=" + directory.resolve("run-dir"),
            "--listen=127.0.0.1:0",
            "--grace=1s",
            "--open",
            "--no-earlier-leases")) {
      server.awaitOut(", revision ");
      Matcher address = ADDRESS.matcher(server.out());
      assertThat(address.find()).as(server.out()).isTrue();
      Shell shell = new Shell().with("DATASTORED_SERVER", address.group(1));
      for (String command : given.commands()) {
        int blank = command.indexOf(' ');
        String[] words =
            Stream.of(command.substring(blank + 1).split("\\|"))
                .map(OracleCommandsTest::plain)
                .toArray(String[]::new);

        Shell.Result result = shell.run(words);

        assertThat(result.status())
            .as(result.out() + result.err())
            .isEqualTo(Integer.parseInt(command.substring(0, blank)));
      }
    }
    assertThat(Files.readString(config)).isEqualTo(given.after());
  }
}
