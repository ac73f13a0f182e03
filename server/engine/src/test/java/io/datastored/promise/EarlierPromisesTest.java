package io.datastored.promise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.file.DiskSteps;
import io.datastored.history.Incarnation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EarlierPromisesTest {

  private static final long SECOND = 1_800_000_000L;
  private static final long FLOOR = SECOND << 20;
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(SECOND));
  private static final Incarnation HISTORY = new Incarnation("00000000000000aa");

  @TempDir Path directory;

  private FilePromiseBook book() throws Exception {
    FilePromiseBook book =
        FilePromiseBook.open(
            directory,
            new PromiseBounds(Duration.ofHours(1), ClockSlack.DEFAULT, EarlierLeases.NONE),
            CLOCK,
            DiskSteps.REAL);
    book.serve(HISTORY);
    return book;
  }

  private EarlierPromises read() throws Exception {
    return EarlierPromises.read(directory, HISTORY, CLOCK);
  }

  @Test
  void read_withPromises_saysHowLongTheLongestIsKept() throws Exception {
    FilePromiseBook book = book();
    book.promise(Duration.ofSeconds(60));
    book.reserve(5_000);
    assertThat(read()).isEqualTo(new EarlierPromises(FLOOR + 5_000, Duration.ofMillis(61_100)));
  }

  @Test
  void read_nothingOut_hasNothingToWaitFor() throws Exception {
    FilePromiseBook book = book();
    book.promise(Duration.ofSeconds(60));
    book.settle(Duration.ofHours(1));
    assertThat(read()).isEqualTo(new EarlierPromises(FLOOR, Duration.ZERO));
  }

  @Test
  void none_tokensBeginWhereThoseOfAServerDo() {
    assertThat(EarlierPromises.none(CLOCK)).isEqualTo(new EarlierPromises(FLOOR, Duration.ZERO));
  }

  @Test
  void read_whatIsNotKnown_isRefused_andNothingIsChanged() throws Exception {
    assertThatThrownBy(this::read)
        .hasMessageContaining("leases is missing")
        .hasMessageContaining("start the server on " + directory + " once");
    book().promise(Duration.ofSeconds(60));
    Incarnation other = new Incarnation("00000000000000bb");
    assertThatThrownBy(() -> EarlierPromises.read(directory, other, CLOCK))
        .hasMessageContaining("belongs to another history");
    Path ledger = directory.resolve("leases");
    Files.writeString(ledger, "garbage");
    assertThatThrownBy(this::read).hasMessageContaining("is damaged: it does not begin with");
    assertThat(ledger).hasContent("garbage");
  }
}
