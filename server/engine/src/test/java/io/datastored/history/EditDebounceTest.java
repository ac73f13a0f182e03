package io.datastored.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.file.FileStamp;
import io.datastored.testkit.ManualTicker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which edits of a file are believed at once. */
final class EditDebounceTest {

  private static final Duration REST = Duration.ofMillis(500);
  private static final Duration LIMIT = Duration.ofSeconds(5);

  @TempDir Path directory;

  private final ManualTicker ticker = new ManualTicker();
  private final EditDebounce debounce = new EditDebounce(REST, LIMIT, ticker);
  private Path file;

  @BeforeEach
  void setUp() throws Exception {
    file = directory.resolve("datastore.cfg");
    Files.writeString(file, "one");
    debounce.settled(load().stamp().map(FileStamp::identity));
  }

  private ConfigContent load() throws Exception {
    return ConfigContent.of(Files.readAllBytes(file)).in(FileStamp.of(file));
  }

  private Optional<Duration> remaining() throws Exception {
    return debounce.remaining(load());
  }

  private void replace(String content) throws IOException {
    Path next = directory.resolve("next");
    Files.writeString(next, content);
    // Written a while before it is renamed.
    Files.setLastModifiedTime(next, FileTime.from(Instant.now().minusSeconds(1)));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void remaining_renamedOver_isBelievedAtOnce() throws Exception {
    replace("two");
    assertThat(remaining()).isEmpty();
  }

  @Test
  void remaining_writtenInPlace_rests() throws Exception {
    Files.writeString(file, "two");
    assertThat(remaining()).contains(REST);
    ticker.advance(REST);
    assertThat(remaining()).isEmpty();
  }

  @Test
  void remaining_movedAwayAndWrittenAnew_rests() throws Exception {
    Files.move(file, directory.resolve("datastore.cfg~"));
    Files.writeString(file, "half of tw");
    assertThat(remaining()).as("another inode, and written all the same").contains(REST);
  }

  @Test
  void remaining_neverRests_isBelievedAtTheLimit() throws Exception {
    for (int i = 0; i < 20; i++) {
      Files.writeString(file, "edit " + i);
      assertThat(remaining()).isPresent();
      ticker.advance(LIMIT.dividedBy(20));
    }
    Files.writeString(file, "the last one");
    assertThat(remaining()).isEmpty();
  }

  @Test
  void remaining_nobodyLookedForLong_isAnotherEdit() throws Exception {
    Files.writeString(file, "two");
    assertThat(remaining()).contains(REST);
    ticker.advance(LIMIT.multipliedBy(10));
    Files.writeString(file, "half of thr");
    assertThat(remaining()).contains(REST);
  }

  @Test
  void remaining_ofAStoreWithSeveralKeys_rests() {
    EditDebounce piecemeal = EditDebounce.piecemeal(REST, LIMIT, ticker);
    ConfigContent half = ConfigContent.of("half of an edit".getBytes(UTF_8));
    assertThat(piecemeal.remaining(half)).contains(REST);
    ticker.advance(REST);
    assertThat(piecemeal.remaining(half)).isEmpty();
    assertThat(debounce.remaining(half)).isEmpty();
  }
}
