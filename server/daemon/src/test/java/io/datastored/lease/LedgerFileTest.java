package io.datastored.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.common.hash.Hashing;
import io.datastored.config.DatastoreName;
import io.datastored.config.DiskSteps;
import io.datastored.lease.LedgerEntry.Promises;
import io.datastored.operation.Operation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LedgerFileTest {

  private static final LedgerEntry ENTRY =
      new LedgerEntry(1_873_497_444_986_880L, Duration.ofSeconds(90), Promises.OUT);

  @TempDir Path directory;

  @Test
  void write_thenRead_isTheSame() throws Exception {
    LedgerFile file = new LedgerFile(directory, DiskSteps.REAL);
    file.write(ENTRY);
    assertThat(file.read()).contains(ENTRY);
    assertThat(directory).isDirectoryContaining("glob:**/leases");
    file.write(ENTRY.settled());
    assertThat(file.read()).contains(ENTRY.settled());
  }

  @Test
  void write_withFloors_isReadBackAndDroppedWhenSettled() throws Exception {
    LedgerFile file = new LedgerFile(directory, DiskSteps.REAL);
    LedgerEntry withFloors =
        ENTRY
            .withFloor(new FencingFloor(DatastoreName.of("a.b-c"), Operation.READ, 7))
            .withFloor(new FencingFloor(DatastoreName.of("a.b-c"), Operation.WRITE, 9))
            .withFloor(new FencingFloor(DatastoreName.of("a.b-c"), Operation.READ, 8))
            .withFloor(new FencingFloor(DatastoreName.of("a.b-c"), Operation.WRITE, 3));
    assertThat(withFloors.floors()).extracting(FencingFloor::token).containsExactly(9L, 8L);
    file.write(withFloors);
    assertThat(file.read()).contains(withFloors);
    file.write(withFloors.settled());
    assertThat(file.read()).contains(ENTRY.settled());
  }

  @Test
  void parse_floorThatIsNone_isCorrupt() {
    String text = LedgerFile.print(ENTRY);
    String body = text.substring(0, text.indexOf("crc32c"));
    for (String floor : new String[] {"fencing-floor a read", "fencing-floor a b 7", "floor a"}) {
      String damaged = body + floor + "\n";
      String crc = Hashing.crc32c().hashString(damaged, StandardCharsets.US_ASCII).toString();
      assertThatExceptionOfType(CorruptLedgerException.class)
          .isThrownBy(() -> LedgerFile.parse(damaged + "crc32c " + crc + "\n"));
    }
  }

  @Test
  void read_noFile_isEmpty() throws Exception {
    assertThat(new LedgerFile(directory, DiskSteps.REAL).read()).isEmpty();
  }

  @Test
  void print_isText() {
    assertThat(LedgerFile.print(ENTRY))
        .startsWith(
            """
            datastored-leases 1
            fencing-ceiling 1873497444986880
            longest-ttl-seconds 90
            promises out
            crc32c\s""");
  }

  @Test
  void parse_anyCut_isCorrupt() {
    String text = LedgerFile.print(ENTRY);
    for (int length = 0; length < text.length(); length++) {
      String cut = text.substring(0, length);
      assertThatExceptionOfType(CorruptLedgerException.class)
          .as(cut)
          .isThrownBy(() -> LedgerFile.parse(cut));
    }
  }

  @Test
  void parse_anyOtherCharacter_isCorrupt() {
    String text = LedgerFile.print(ENTRY);
    for (int at = 0; at < text.length(); at++) {
      String changed =
          text.substring(0, at) + (char) (text.charAt(at) ^ 1) + text.substring(at + 1);
      assertThatExceptionOfType(CorruptLedgerException.class)
          .as(changed)
          .isThrownBy(() -> LedgerFile.parse(changed));
    }
  }

  @Test
  void read_emptyFile_isCorrupt() throws Exception {
    Files.createFile(directory.resolve(LedgerFile.NAME));
    assertThatExceptionOfType(CorruptLedgerException.class)
        .isThrownBy(() -> new LedgerFile(directory, DiskSteps.REAL).read());
  }
}
