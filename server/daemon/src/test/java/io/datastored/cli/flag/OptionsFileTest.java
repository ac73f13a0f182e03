package io.datastored.cli.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.datastored.cli.view.CommandFailed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OptionsFileTest {

  private static final List<String> NAMES = List.of("max-leases", "max-watchers", "tls-key");

  @TempDir Path directory;

  private OptionsFile read(String text) throws Exception {
    return OptionsFile.read(
        Files.writeString(directory.resolve("options"), text.replace("\\n", "\n")), NAMES);
  }

  @Test
  void read_names_values_andComments() throws Exception {
    OptionsFile file =
        read(
            """
            # the limits of this host

              max-leases = 500
            max-watchers=7 # few
            tls-key = /etc/a=b#c d.pem\t
            """);
    assertThat(file.value("max-leases")).contains("500");
    assertThat(file.value("max-watchers")).contains("7");
    assertThat(file.value("tls-key")).contains("/etc/a=b#c d.pem");
    assertThat(file.place("max-leases")).contains(directory.resolve("options") + ":3:3");
    assertThat(read("").value("max-leases")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "max-leases | :1:1: expected NAME = VALUE",
        "\\n  max-lease = 5 | :2:3: unknown option 'max-lease'; did you mean 'max-leases'?",
        "--max-leases = 5 | :1:1: unknown option '--max-leases'; did you mean 'max-leases'?",
        "something = 5 | :1:1: unknown option 'something'",
        "= 5 | :1:1: unknown option ''",
        "max-leases = # none | :1:13: no value; remove the line to use the default of max-leases",
        "tls-key=/k\\nmax-leases=1\\ntls-key=/l | :3:1: 'tls-key' is already set in line 1",
      })
  void read_ofAFault_namesPlaceAndRemedy(String text, String fault) {
    assertThatExceptionOfType(CommandFailed.class)
        .isThrownBy(() -> read(text))
        .withMessage(directory.resolve("options") + fault);
  }

  @Test
  void read_ofNoFileAndOfOtherBytes_saysSo() throws Exception {
    assertThatExceptionOfType(CommandFailed.class)
        .isThrownBy(() -> OptionsFile.read(directory.resolve("none"), NAMES))
        .withMessage("there is no options file " + directory.resolve("none"));
    Path latin =
        Files.write(
            directory.resolve("latin"), "tls-key=/\u00fc".getBytes(StandardCharsets.ISO_8859_1));
    assertThatExceptionOfType(CommandFailed.class)
        .isThrownBy(() -> OptionsFile.read(latin, NAMES))
        .withMessage(latin + " is not valid UTF-8");
  }
}
