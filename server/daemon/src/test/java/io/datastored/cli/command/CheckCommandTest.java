package io.datastored.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.cli.Shell;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        .hasSize(4)
        .first()
        .asString()
        .startsWith(file + ":3:19: ")
        .contains("paused");
    assertThat(result.out())
        .contains(
            file
                + ":5:1: note: Proxmox Backup Server 4.2 would refuse the whole file: there are no"
                + " comments in this file\n",
            "1 good datastore, 1 fault; Proxmox Backup Server 4.2 would refuse the whole file\n");
  }

  @Test
  void check_ofAnUnknownProperty_isANote_andNoFault() throws IOException {
    String file = file("odd.cfg", GOOD + "\tcolour blue\n");
    Shell.Result result = shell.run("check", file);
    assertThat(result.status()).isZero();
    assertThat(result.out())
        .isEqualTo(
            file
                + ":3:2: note: Proxmox Backup Server 4.2 would refuse the whole file: colour is"
                + " not a"
                + " property that it knows\n"
                + file
                + ": 1 datastore, no faults; Proxmox Backup Server 4.2 would refuse the whole"
                + " file\n");
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gc-schedule daily 04:15    | would refuse the whole file | file-refused",
        "notify-user admin@x        | could not use this datastore, nor list or create any |"
            + " list-fails",
        "notification-thresholds s3-get=-1 | could not use this datastore | datastore-unusable",
        "comment a\u0085b          | could read this file but save no change of it | not-saved",
      })
  void check_strict_endsWithOneOnWhatTheOriginalDoesNotAccept(
      String line, String consequence, String effect) throws IOException {
    String file = file("odd.cfg", GOOD + "\t" + line + "\n");

    assertThat(shell.run("check", file).status()).isZero();
    Shell.Result strict = shell.run("check", "--strict", file);
    assertThat(strict.status()).isEqualTo(1);
    assertThat(strict.out()).contains("note: Proxmox Backup Server 4.2 " + consequence + ": ");
    assertThat(shell.run("check", "--output=json", file).out())
        .contains("\"effect\":\"" + effect + "\"");
  }

  @Test
  void check_strict_ofAGoodFile_endsWithZero_alsoWhereSomethingIsShownEscaped() throws IOException {
    String file = file("good.cfg", GOOD + "\tcomment a\u202eb\n");

    Shell.Result result = shell.run("check", "--strict", file);

    assertThat(result.status()).isZero();
    assertThat(result.out())
        .startsWith(
            file
                + ":3:11: note: comment contains the bidirectional control character U+202E,"
                + " which is"
                + " shown escaped\n");
  }

  @Test
  void check_ofANearMiss_isAFault() throws IOException {
    String file = file("near.cfg", GOOD + "\tmaintenance-mode: offline\n");

    Shell.Result result = shell.run("check", file);

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.out())
        .startsWith(
            file
                + ":3:2: 'maintenance-mode:' is not a property; did you mean 'maintenance-mode'?"
                + " The datastore is closed until this line is valid\n");
  }

  @Test
  void check_ofANameThatStartsWrongly_namesTheFirstCharacter() throws IOException {
    String file = file("name.cfg", "datastore: .dot\n\tpath /srv\n");

    assertThat(shell.run("check", file).out())
        .startsWith(
            file
                + ":1: '.dot' is not a datastore name: the first character must be a letter of"
                + " ASCII,"
                + " a digit or '_'\n");
  }

  @Test
  void check_ofAFileThatCannotBeRead_saysWhy() throws IOException {
    Path loop = directory.resolve("loop.cfg");
    Files.createSymbolicLink(loop, loop);

    Shell.Result result = shell.run("check", loop.toString());

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.out())
        .startsWith(loop + ": it cannot be read: Too many levels of symbolic links");
    assertThat(CheckCommand.why(new AccessDeniedException("x.cfg")))
        .isEqualTo("it cannot be read: permission denied");
    assertThat(CheckCommand.why(new FileSystemException("x.cfg", null, "Not a directory")))
        .isEqualTo("it cannot be read: Not a directory");
  }

  @Test
  void check_ofADirectory_saysSo_andEndsWithOne() {
    Shell.Result result = shell.run("check", directory.toString());
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.out()).contains("cannot be read");
  }
}
