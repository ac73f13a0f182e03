package io.datastored.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.Terminal;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

final class DatastoredTest {

  private final Shell shell = new Shell();

  @Test
  void version_isThatOfTheBuild() {
    Shell.Result result = shell.run("--version");
    assertThat(result.status()).isZero();
    assertThat(result.out()).matches("datastored \\d+\\.\\d+\\.\\d+\\S*\n");
  }

  @Test
  void help_listsCommandsAndExitStatuses() {
    Shell.Result result = shell.run("--help");
    assertThat(result.status()).isZero();
    assertThat(result.out()).contains("check", "lookup", "watch", "Exit status:", "DATASTORED_");
    for (ExitStatus status : ExitStatus.values()) {
      assertThat(result.out()).contains("%4d  ".formatted(status.code()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serve",
        "check",
        "lookup",
        "watch",
        "demo",
        "status",
        "list",
        "get",
        "create",
        "update",
        "delete",
        "maintenance",
        "maintenance set",
        "maintenance clear",
        "maintenance drain",
        "sessions",
        "leases"
      })
  void help_ofEachCommand_isThere(String command) {
    Shell.Result result = shell.run((command + " --help").split(" "));
    assertThat(result.status()).isZero();
    assertThat(result.out()).startsWith("Usage: datastored " + command);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          frobnicate                          | unknown argument 'frobnicate'
          lookup                              | missing 'NAME'
          lookup main --colour                | unknown argument '--colour'
          lookup main wriet                   | invalid value 'wriet' (expected one of: read, write, lookup
          lookup main --request-timeout 5           | '5' is not a duration such as 500ms
          lookup main --output xml            | invalid value 'xml' (expected one of: table, json
          lookup main --server unix:x         | is not an address such as
          lookup main --server backup:7400    | backup:7400 is not on this host
          lookup main --tls                   | this host does not use TLS: give --server HOST:PORT
          lookup main --tls-cert cert.pem     | --tls-cert and --tls-key belong together
          lookup main --tls-ca /none          | The TLS files cannot be used
          lookup main --tls-ca pom.xml        | pom.xml holds no PEM certificates
          lookup main --tls-cert /none --tls-key /none  | The TLS files cannot be used: /none
          lookup main --tls-cert pom.xml --tls-key pom.xml | The TLS files cannot be used: pom.xml, pom.xml
          watch --view half                   | invalid value 'half' (expected one of: basic, full
          serve                               | missing '--config=FILE'
          serve --config=x --listen 7400      | a listen address is host:port
          serve --config=x --max-leases many  | 'many' is not a whole number
          serve --config=x --log-level loud   | invalid value 'loud' (expected one of: error, warn
          serve --config=x --read-only-config maybe | invalid value 'maybe' (expected one of: auto
          check                               | missing 'FILE'
          get                                 | missing 'NAME'
          run main write                      | missing
          run main lookup -- true             | 'lookup' holds no lease
          update main                         | Nothing to change
          create main --verify-new=perhaps    | --verify-new: verify-new is true or false
          maintenance set main                | missing 'MODE'
          maintenance set main none           | invalid value 'none' (expected one of: read-only, offline
          maintenance set main offline --force | --force, --ignore-pbs and --timeout go with --drain
          maintenance set main offline --expected-end=soon | neither a duration such as 2h nor a time
          """)
  void usage_thatIsWrong_isOneSentence_andEndsWithTwo(String words, String sentence) {
    Shell.Result result = shell.run(words.split(" "));
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.err()).startsWith("datastored").contains(sentence);
  }

  /** A paragraph that is broken in the source is broken again by the width of the screen. */
  @ParameterizedTest
  @MethodSource("commands")
  void help_isMadeOfWholeParagraphs_thatFitAScreen(CommandLine command) {
    UsageMessageSpec usage = command.getCommandSpec().usageMessage();
    assertThat(usage.description()[0]).endsWith(".");
    if (ours(command)) {
      assertThat(paragraphs(command)).allMatch(text -> text.isEmpty() || text.endsWith("."));
    }
    assertThat(usage.footer()).allMatch(line -> line.length() <= 80);
    assertThat(command.getUsageMessage().lines()).allMatch(line -> line.length() <= 80);
  }

  /** All but the one that the library brings. */
  private static boolean ours(CommandLine command) {
    return !command.getCommandName().equals("generate-completion");
  }

  private static Stream<String> paragraphs(CommandLine command) {
    return Stream.concat(
        Stream.of(command.getCommandSpec().usageMessage().description()),
        command.getCommandSpec().args().stream()
            .flatMap(argument -> Stream.of(argument.description())));
  }

  static Stream<CommandLine> commands() {
    return all(
        Datastored.commandLine(
            Map.of(),
            InputStream.nullInputStream(),
            new PrintWriter(Writer.nullWriter()),
            new PrintWriter(Writer.nullWriter()),
            Terminal.PLAIN));
  }

  /** A process that runs one command describes no other. */
  @Test
  void commandThatIsAlone_saysWhatItSaysAmongAll() {
    CommandLine all = commands().findFirst().orElseThrow();
    all.getSubcommands()
        .forEach(
            (name, command) -> {
              CommandLine alone =
                  Datastored.commandLine(
                      Map.of(),
                      InputStream.nullInputStream(),
                      new PrintWriter(Writer.nullWriter()),
                      new PrintWriter(Writer.nullWriter()),
                      Terminal.PLAIN,
                      Optional.of(name));
              assertThat(alone.getSubcommands()).containsOnlyKeys(name);
              assertThat(alone.getSubcommands().get(name).getUsageMessage())
                  .isEqualTo(command.getUsageMessage());
              assertThat(name).isEqualTo(command.getCommandName());
            });
  }

  @Test
  void named_isTheCommandThatComesFirst_orNoneWhereAllAreNeeded() {
    assertThat(Datastored.named(new String[] {"serve", "--help"}, Terminal.PLAIN))
        .contains("serve");
    for (String first : new String[] {"--help", "sevre", "generate-completion", ""}) {
      assertThat(Datastored.named(new String[] {first, "serve"}, Terminal.PLAIN)).isEmpty();
    }
    assertThat(Datastored.named(new String[0], Terminal.PLAIN)).isEmpty();
  }

  private static Stream<CommandLine> all(CommandLine command) {
    return Stream.concat(
        Stream.of(command),
        command.getSubcommands().values().stream().flatMap(DatastoredTest::all));
  }

  @Test
  void environment_givesOptionsTheirValues_andIsNamedWhenWrong() {
    Shell.Result result = shell.with("DATASTORED_REQUEST_TIMEOUT", "soon").run("lookup", "main");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("'soon' is not a duration", "DATASTORED_REQUEST_TIMEOUT");
  }

  @Test
  void commandLine_winsAgainstTheEnvironment() {
    Shell.Result result =
        shell
            .with("DATASTORED_OUTPUT", "xml")
            .with("DATASTORED_SERVER", "")
            .input("datastore: main\n\tpath /a\n")
            .run("check", "--output", "json", "-");
    assertThat(result.status()).isZero();
  }

  @Test
  void environment_neverSaysWhatToChange() {
    Shell.Result result =
        shell
            .with("DATASTORED_COMMENT", "from a forgotten variable")
            .with("DATASTORED_PATH", "/srv/other")
            .run("update", "main");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("Nothing to change");
  }

  @Test
  void completion_isGenerated_forEachCommandAndItsWords() {
    assertThat(shell.run("generate-completion").out())
        .contains("complete -F", "maintenance", "--dry-run", "read-only", "s3-refresh", "--unset");
  }
}
