package io.datastored.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.backup.StateSite;
import io.datastored.cli.Shell;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateCommandTest {

  @TempDir Path directory;
  private final Shell shell = new Shell();
  private StateSite site;
  private Path backup;

  @BeforeEach
  void setUp() throws Exception {
    site = new StateSite(directory);
    site.live();
    backup = directory.resolve("backup");
  }

  private Shell.Result state(Object... words) {
    String[] args = new String[words.length + 1];
    args[0] = "state";
    for (int i = 0; i < words.length; i++) {
      args[i + 1] = words[i].toString();
    }
    return shell.run(args);
  }

  @Test
  void check_aWholeDirectory_endsWithZero() {
    Shell.Result result = state("check", site.state());
    assertThat(result.status()).isZero();
    assertThat(result.out())
        .contains(site.state().resolve("state") + ": format 2, incarnation ")
        .endsWith(site.state() + ": not in use, no faults\n");
  }

  @Test
  void check_aDamagedFile_endsWithOne() throws Exception {
    Files.writeString(site.state().resolve("leases"), "garbage");
    Shell.Result result = state("check", site.state());
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.out())
        .contains("/leases: damaged: it does not begin with 'datastored-leases 3'. The next start")
        .endsWith("not in use, 1 fault\n");
    assertThat(state("check", site.state(), "--output", "json").out())
        .contains("\",\"verdict\":\"fault\",\"message\":\"damaged: it does not begin");
  }

  @Test
  void check_nothing_saysSo() {
    assertThat(state("check", directory.resolve("none")).err())
        .isEqualTo("datastored state check: there is no file " + directory.resolve("none") + "\n");
    assertThat(state("check", site.config()).err())
        .contains("datastore.cfg cannot be used: it does not begin with 'datastored-backup 1'");
  }

  @Test
  void exportCheckImport_isTheWayBack() throws Exception {
    Path restored = directory.resolve("restored");
    assertThat(state("export", site.state(), backup)).isEqualTo(new Shell.Result(0, "", ""));
    Shell.Result check = state("check", backup);
    assertThat(check.status()).isZero();
    assertThat(check.out())
        .contains(backup.resolve("state") + ": format 2, incarnation ")
        .contains(" of " + site.state() + " by version ");
    Files.delete(site.config());
    Shell.Result result = state("import", backup, restored);
    assertThat(result.status()).isZero();
    assertThat(result.out())
        .startsWith(restored + " has the backup of ")
        .contains("There is no " + site.config() + ": restore it, or import with --config.")
        .contains("The next start begins a new history: clients read everything again");
    assertThat(state("import", backup, restored).err())
        .contains("has a state, and may be in use; stop the server and run: mv " + restored);
    assertThat(state("check", restored).status()).isZero();
  }

  @Test
  void export_toTheOutput_isTheSameAsToAFile() throws Exception {
    var out = new ByteArrayOutputStream();
    int status =
        CommandGroup.state(InputStream.nullInputStream(), out)
            .execute("export", site.state().toString(), "-");
    assertThat(status).isZero();
    Files.write(backup, out.toByteArray());
    assertThat(state("check", backup).status()).isZero();
  }

  @Test
  void import_ofADamagedBackup_changesNothing() throws Exception {
    state("export", site.state(), backup);
    Files.writeString(backup, Files.readString(backup).replace("main", "mine"));
    Path restored = directory.resolve("restored");
    Shell.Result result = state("import", backup, restored);
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .isEqualTo(
            "datastored state import: %s cannot be used: its checksum does not match: it was truncated or changed; take another backup\n"
                .formatted(backup));
    assertThat(restored).doesNotExist();
  }
}
