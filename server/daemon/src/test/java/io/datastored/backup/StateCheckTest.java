package io.datastored.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.engine.Engine;
import io.datastored.file.Verdict;
import io.datastored.history.Revision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateCheckTest {

  @TempDir Path directory;
  private StateSite site;
  private Revision revision;

  @BeforeEach
  void setUp() throws Exception {
    site = new StateSite(directory);
    revision = site.live();
  }

  private Path file(String name) {
    return site.state().resolve(name);
  }

  private Verdict verdict(Path file) throws IOException {
    return StateCheck.of(site.state()).findings().stream()
        .filter(finding -> finding.file().equals(file))
        .map(Finding::verdict)
        .reduce((first, last) -> last)
        .orElseThrow();
  }

  @Test
  void of_aDirectoryOfAStoppedServer_saysWhatIsInEachFile() throws Exception {
    StateCheck check = StateCheck.of(site.state());
    assertThat(check.faults()).isZero();
    assertThat(check.users()).isEmpty();
    assertThat(check.findings()).allMatch(one -> one.verdict().kind() == Verdict.Kind.WHOLE);
    assertThat(verdict(file("state")).sentence())
        .isEqualTo(
            "format 2, incarnation %s, generation %s, commit %d; 2 datastores of %s, 1 in maintenance, 0 served as last good"
                .formatted(revision.incarnation(), revision.generation(), 3, site.config()));
    assertThat(verdict(file("leases")).sentence())
        .startsWith("format 3, leases and sessions of up to 60 s may be out, fencing tokens are");
    assertThat(verdict(file("continuation.key")).sentence()).isEqualTo("a key of 256 bits");
    assertThat(verdict(file("run")).sentence()).contains(directory.resolve("run").toString());
    assertThat(verdict(directory.resolve(".datastore.cfg.datastored")).sentence())
        .endsWith("its state is the last one of its history");
  }

  @Test
  void of_aStateOlderThanItsClaim_saysThatItWasRestored() throws Exception {
    byte[] older = Files.readAllBytes(file("state"));
    site.live();
    Files.writeString(site.config(), "datastore: edited\n\tpath /srv/edited\n");
    try (Engine engine = site.engine(site.config(), site.state())) {
      assertThat(engine.snapshot().revision()).isNotEqualTo(revision);
    }
    Files.write(file("state"), older);
    Verdict verdict = verdict(directory.resolve(".datastore.cfg.datastored"));
    assertThat(verdict.kind()).isEqualTo(Verdict.Kind.NOTE);
    assertThat(verdict.sentence())
        .startsWith("the state was restored from a backup or copied, it is commit 3, and commit ")
        .endsWith("the next start begins a new history");
  }

  @Test
  void of_damagedFiles_saysWhatTheNextStartDoes() throws Exception {
    for (String name : new String[] {"state", "leases", "continuation.key"}) {
      byte[] whole = Files.readAllBytes(file(name));
      Files.write(file(name), Arrays.copyOf(whole, whole.length / 2));
      assertThat(verdict(file(name)).kind()).isEqualTo(Verdict.Kind.FAULT);
      assertThat(verdict(file(name)).sentence()).startsWith("damaged: ").contains("next start");
      Files.write(file(name), new byte[0]);
      assertThat(verdict(file(name)).sentence()).startsWith("damaged: ");
      Files.write(file(name), whole);
    }
    Files.writeString(file("access"), "allow uid:0 admin *\n");
    Files.setPosixFilePermissions(file("access"), PosixFilePermissions.fromString("rw-------"));
    assertThat(verdict(file("access")).sentence()).startsWith("damaged: it does not begin with");
    Files.writeString(file("run"), "somewhere\n");
    assertThat(verdict(file("run")).sentence())
        .startsWith("damaged: it does not name a run directory");
    assertThat(StateCheck.of(site.state()).faults()).isEqualTo(2);
  }

  @Test
  void of_missingFiles_saysWhatTheNextStartAssumes() throws Exception {
    Files.delete(file("leases"));
    assertThat(verdict(file("leases")).kind()).isEqualTo(Verdict.Kind.NOTE);
    Files.delete(file("state"));
    assertThat(verdict(file("state")).kind()).isEqualTo(Verdict.Kind.FAULT);
  }

  @Test
  void of_filesThatOthersMayOpen_namesTheCommand() throws Exception {
    Files.setPosixFilePermissions(
        file("continuation.key"), PosixFilePermissions.fromString("rw-r-----"));
    Files.setPosixFilePermissions(file("leases"), PosixFilePermissions.fromString("rw-r--r--"));
    Files.setPosixFilePermissions(site.state(), PosixFilePermissions.fromString("rwxrwxr-x"));
    assertThat(verdict(file("continuation.key")))
        .isEqualTo(
            Verdict.fault(
                "others than its owner may open it (rw-r-----); run: chmod 0600 "
                    + file("continuation.key")));
    assertThat(verdict(file("leases")).kind()).isEqualTo(Verdict.Kind.NOTE);
    assertThat(verdict(site.state()))
        .isEqualTo(
            Verdict.fault(
                "others than its owner may write to it; run: chmod go-w " + site.state()));
  }

  @Test
  void of_otherFiles_saysWhatTheyAre() throws Exception {
    Files.writeString(file("state.damaged-1764448836"), "");
    Files.writeString(file(".state.4711-1.new~"), "");
    Files.writeString(file("notes.txt"), "");
    Files.writeString(file("accept"), "restored\n");
    assertThat(verdict(file("state.damaged-1764448836")).sentence()).contains("set aside");
    assertThat(verdict(file(".state.4711-1.new~")).sentence()).contains("a start removes it");
    assertThat(verdict(file("notes.txt")).sentence()).isEqualTo("is not a file of datastored");
    assertThat(verdict(file("accept")).sentence()).endsWith("begins a new history");
    assertThat(StateCheck.of(site.state()).faults()).isZero();
  }
}
