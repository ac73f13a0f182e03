package io.datastored.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckCommandTest {

  private static final String GOOD = "datastore: main\n\tpath /srv/main\n";
  private static final String BAD =
      "datastore: main\n\tpath /srv/main\n\tmaintenance-mode paused\n\n# note\n"
          + GOOD.replace("main", "other");

  @TempDir Path directory;
  private final Shell shell = new Shell();

  private String file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  @Test
  void check_ofAGoodFile_endsWithZero() throws IOException {
    String file = file("good.cfg", GOOD);
    assertThat(shell.run("check", file))
        .isEqualTo(new Shell.Result(0, file + ": 1 datastore, no faults\n", ""));
  }

  @Test
  void check_ofABadFile_tellsLineAndColumn_andEndsWithOne() throws IOException {
    String file = file("bad.cfg", BAD);
    Shell.Result result = shell.run("check", file, file("good.cfg", GOOD));
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.out().lines())
        .hasSize(3)
        .first()
        .asString()
        .startsWith(file + ":3:19: ")
        .contains("paused");
    assertThat(result.out()).contains("1 good datastore, 1 fault\n");
  }

  @Test
  void check_ofAnUnknownProperty_isANote_andNoFault() throws IOException {
    String file = file("odd.cfg", GOOD + "\tcolour blue\n");
    Shell.Result result = shell.run("check", file);
    assertThat(result.status()).isZero();
    assertThat(result.out()).startsWith(file + ":3: note: colour");
  }

  @Test
  void check_ofTheInput_readsIt() {
    Shell.Result result = shell.input(BAD).run("check", "-");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.out()).startsWith("-:3:19: ");
  }

  @Test
  void check_inJson_printsOneObjectPerFile() throws IOException {
    Shell.Result result =
        shell.run("check", "--output=json", file("bad.cfg", BAD), file("good.cfg", GOOD));
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.out().lines()).hasSize(2).allMatch(line -> line.startsWith("{\"file\":"));
    assertThat(result.out())
        .contains(
            "\"faulty\":[\"main\"]", "\"line\":3,\"column\":19", "\"datastores\":[\"other\"]");
  }

  @Test
  void check_ofAFileThatIsNotThere_saysSo_andEndsWithOne() {
    String missing = directory.resolve("missing.cfg").toString();
    assertThat(shell.run("check", missing))
        .isEqualTo(new Shell.Result(1, missing + ": there is no such file\n", ""));
  }

  @Test
  void check_ofADirectory_saysSo_andEndsWithOne() {
    Shell.Result result = shell.run("check", directory.toString());
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.out()).contains("cannot be read");
  }
}
