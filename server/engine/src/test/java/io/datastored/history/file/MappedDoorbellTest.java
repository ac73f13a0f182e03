package io.datastored.history.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MappedDoorbellTest {

  private static final Incarnation INCARNATION = new Incarnation("0123456789abcdef");
  private static final Incarnation RUN = new Incarnation("fedcba9876543210");

  @TempDir Path directory;

  private Path page;
  private MappedDoorbell doorbell;

  @BeforeEach
  void setUp() throws IOException {
    page = directory.resolve("page");
    doorbell = MappedDoorbell.create(page, INCARNATION, RUN);
  }

  @Test
  void raise_isHeardThroughAnotherMapping() throws IOException {
    MappedDoorbell other = MappedDoorbell.open(page, INCARNATION, RUN);
    doorbell.raise(new Generation(7));
    assertThat(other.read()).isEqualTo(7);
    assertThat(other.readAcquire()).isEqualTo(7);
  }

  @Test
  void raise_earlierGeneration_staysWhereItIs() {
    doorbell.raise(new Generation(7));
    doorbell.raise(new Generation(3));
    assertThat(doorbell.read()).isEqualTo(7);
  }

  @Test
  void create_isWrittenWhole() throws IOException {
    assertThat(Files.size(page)).isEqualTo(MappedDoorbell.SIZE);
    assertThat(doorbell.intact()).isTrue();
  }

  @Test
  void open_pageOfAnotherHistoryOrRun_isRefused() {
    assertThatThrownBy(() -> MappedDoorbell.open(page, RUN, RUN))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("incarnation");
    assertThatThrownBy(() -> MappedDoorbell.open(page, INCARNATION, INCARNATION))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("run");
  }

  @Test
  void open_notAPage_isRefused() throws IOException {
    Files.write(page, new byte[10]);
    assertThatThrownBy(() -> MappedDoorbell.open(page, INCARNATION, RUN))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("10 bytes");
    Files.write(page, new byte[MappedDoorbell.SIZE]);
    assertThatThrownBy(() -> MappedDoorbell.open(page, INCARNATION, RUN))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not a state page");
  }

  @Test
  void intact_pageReplacedOrGone_isFalse() throws IOException {
    MappedDoorbell unused = MappedDoorbell.create(page, INCARNATION, RUN);
    assertThat(doorbell.intact()).isFalse();
    Files.delete(page);
    assertThat(doorbell.intact()).isFalse();
  }
}
