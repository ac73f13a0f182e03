package io.datastored.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.datastored.file.Digest;
import io.datastored.file.StoreException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BackupTest {

  private static final Instant NOW = Instant.parse("2026-11-29T20:40:36Z");

  @TempDir Path directory;
  private StateSite site;

  @BeforeEach
  void setUp() throws Exception {
    site = new StateSite(directory);
    site.live();
  }

  private Backup backup() throws StoreException {
    return Backup.of(site.state(), "1.2.3 \u00fc+%", NOW);
  }

  @Test
  void read_ofWhatWasWritten_isTheSame() throws Exception {
    Backup backup = backup();
    Backup read = Backup.read(backup.text());
    assertThat(read.made()).isEqualTo(NOW);
    assertThat(read.version()).isEqualTo("1.2.3 \u00fc+%");
    assertThat(read.directory()).isEqualTo(site.state());
    assertThat(read.text()).isEqualTo(backup.text());
    assertThat(read.files().keySet()).containsExactly(StateFile.STATE, StateFile.LEASES);
    assertThat(read.state()).isEqualTo(Files.readAllBytes(site.state().resolve("state")));
  }

  @Test
  void text_ofADirectoryWithAKey_doesNotHaveIt() throws Exception {
    String key = Files.readString(site.state().resolve("continuation.key")).strip();
    assertThat(new String(backup().text(), StandardCharsets.ISO_8859_1)).doesNotContain(key);
  }

  @Test
  void read_anyBitOfAnyByteChanged_isRefused() throws Exception {
    byte[] text = backup().text();
    for (int at = 0; at < text.length; at++) {
      byte[] changed = text.clone();
      changed[at] ^= (byte) (1 << (at % 8));
      refused(changed);
    }
  }

  @Test
  void read_cutOrWithMoreAtTheEnd_isRefused() throws Exception {
    byte[] text = backup().text();
    for (int length = 0; length < text.length; length++) {
      refused(Arrays.copyOf(text, length));
    }
    refused(Arrays.copyOf(text, text.length + 1));
  }

  private static void refused(byte[] text) {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Backup.read(text))
        .withMessageMatching("it does not begin with 'datastored-backup 1'.*|its checksum .*");
  }

  @Test
  void read_ofALaterVersion_namesIt() {
    byte[] body = "datastored-backup 2\nwhatever\n".getBytes(StandardCharsets.US_ASCII);
    String text = "datastored-backup 2\nwhatever\nsha256 " + Digest.of(body) + "\n";
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Backup.read(text.getBytes(StandardCharsets.US_ASCII)))
        .withMessage(
            "it has format 2, which is of a later version of datastored; use that version");
  }

  @Test
  void of_aDirectoryWithADamagedFile_isRefusedWithTheFile() throws Exception {
    Path leases = site.state().resolve("leases");
    Files.writeString(leases, Files.readString(leases).replace("promises out", "promises OUT"));
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(this::backup)
        .withMessageStartingWith(leases + ": damaged: its checksum does not match. The next start");
    Files.delete(leases);
    assertThat(backup().files().keySet()).containsExactly(StateFile.STATE);
    Files.delete(site.state().resolve("state"));
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(this::backup)
        .withMessage("there is no state in " + site.state() + ": nothing to export");
  }

  @Test
  void writeTo_aFile_isForItsOwnerOnly() throws Exception {
    Path file = Files.writeString(directory.resolve("backup"), "the last one");
    backup().writeTo(file);
    assertThat(Files.readAllBytes(file)).isEqualTo(backup().text());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }
}
