package io.datastored.promise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.common.hash.Hashing;
import io.datastored.config.DatastoreName;
import io.datastored.file.DiskSteps;
import io.datastored.file.StoreException;
import io.datastored.history.Incarnation;
import io.datastored.operation.Operation;
import io.datastored.promise.LedgerEntry.Promises;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LedgerFileTest {

  private static final LedgerEntry ENTRY =
      new LedgerEntry(1_873_497_444_986_880L, Duration.ofSeconds(90), Promises.OUT)
          .in(Optional.of(new Incarnation("00000000000000aa")));

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
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> LedgerFile.parse(damaged + "crc32c " + crc + "\n"));
    }
  }

  @Test
  void write_withLeftPaths_isReadBackInOrderAndDroppedWhenSettled() throws Exception {
    LedgerFile file = new LedgerFile(directory, DiskSteps.REAL);
    DatastoreName name = DatastoreName.of("a.b-c");
    LedgerEntry left =
        ENTRY
            .withFloor(new FencingFloor(name, Operation.READ, 7))
            .leaving(
                List.of(
                    new LeftPath(name, Path.of("/srv/old place/100%\n+~"), 7, 9),
                    new LeftPath(name, Path.of("/srv/B\u00fcro"), 9, 9)));
    file.write(left);
    assertThat(file.read()).contains(left);
    file.write(left.settled());
    assertThat(file.read()).contains(ENTRY.settled());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void read_ofAnEarlierVersion_isOfNoHistory(int version) throws Exception {
    String body =
        """
        datastored-leases %d
        fencing-ceiling 1873497444986880
        longest-ttl-seconds 90
        promises out
        fencing-floor a.b-c read 7
        """
            .formatted(version);
    Files.writeString(directory.resolve(LedgerFile.NAME), whole(body));
    assertThat(new LedgerFile(directory, DiskSteps.REAL).read())
        .contains(
            ENTRY
                .in(Optional.empty())
                .withFloor(new FencingFloor(DatastoreName.of("a.b-c"), Operation.READ, 7)));
  }

  @Test
  void write_withoutAHistory_isReadBack() throws Exception {
    LedgerFile file = new LedgerFile(directory, DiskSteps.REAL);
    file.write(ENTRY.in(Optional.empty()));
    assertThat(file.read()).contains(ENTRY.in(Optional.empty()));
  }

  @Test
  void read_ofALaterVersion_isRefusedWithASentenceAndLeftAlone() throws Exception {
    String later = whole("datastored-leases 4\nsomething else\n");
    Path file = Files.writeString(directory.resolve(LedgerFile.NAME), later);
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> new LedgerFile(directory, DiskSteps.REAL).read())
        .withMessageContaining("later version of datastored (format 4, this one knows 3)");
    assertThat(file).hasContent(later);
    Files.writeString(file, later.replace("else", "ELSE"));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> new LedgerFile(directory, DiskSteps.REAL).read());
  }

  private static String whole(String body) {
    return body + "crc32c " + Hashing.crc32c().hashString(body, StandardCharsets.US_ASCII) + "\n";
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
            datastored-leases 3
            fencing-ceiling 1873497444986880
            longest-ttl-seconds 90
            promises out
            history 00000000000000aa
            crc32c"""
                + " ");
  }

  @Test
  void parse_anyCut_isCorrupt() {
    String text = LedgerFile.print(ENTRY);
    for (int length = 0; length < text.length(); length++) {
      String cut = text.substring(0, length);
      assertThatExceptionOfType(IllegalArgumentException.class)
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
      assertThatExceptionOfType(IllegalArgumentException.class)
          .as(changed)
          .isThrownBy(() -> LedgerFile.parse(changed));
    }
  }

  @Test
  void read_emptyFile_isCorrupt() throws Exception {
    Files.createFile(directory.resolve(LedgerFile.NAME));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> new LedgerFile(directory, DiskSteps.REAL).read());
  }
}
