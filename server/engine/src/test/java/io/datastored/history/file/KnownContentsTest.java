package io.datastored.history.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.file.Digest;
import io.datastored.file.FileIdentity;
import io.datastored.file.FileStamp;
import io.datastored.history.ConfigContent;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class KnownContentsTest {

  private static final Instant NOW = Instant.parse("2026-11-26T12:00:00.123456789Z");
  private static final FileStamp STAMP = stamp(3, NOW.minusSeconds(60), NOW.minusSeconds(30));

  private static FileStamp stamp(long size, Instant modified, Instant changed) {
    return new FileStamp(new FileIdentity(1, 2), size, modified, changed);
  }

  private final KnownContents known = new KnownContents();

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  @Test
  void found_again_isTheSameBytes_withTheStampOfNow() {
    ConfigContent first = known.found(bytes("one"), NOW, STAMP);
    ConfigContent second = known.found(bytes("one"), NOW, STAMP);
    assertThat(second.bytes()).isSameAs(first.bytes());
    assertThat(second.digest()).isEqualTo(Digest.of(bytes("one")));
    assertThat(second.stamp()).contains(STAMP);
  }

  @Test
  void digest_ofAnything_isItsOwn() {
    ConfigContent unused = known.found(bytes("one"), NOW, STAMP);
    known.expect(ConfigContent.of(bytes("two")));
    for (String text : new String[] {"one", "two", "onf", "one ", ""}) {
      assertThat(known.digest(bytes(text))).isEqualTo(Digest.of(bytes(text)));
      assertThat(known.found(bytes(text), NOW, STAMP).digest()).isEqualTo(Digest.of(bytes(text)));
    }
  }

  @Test
  void found_whatWasExpected_isWhatWasExpected() {
    ConfigContent next = ConfigContent.of(bytes("two"));
    known.expect(next);
    assertThat(known.found(bytes("two"), NOW, STAMP).bytes()).isSameAs(next.bytes());
  }

  @Test
  void unchanged_stampOfTheLastLook_isTheContent() {
    ConfigContent found = known.found(bytes("one"), NOW, STAMP);
    assertThat(known.unchanged(STAMP)).containsSame(found);
    assertThat(known.unchanged(stamp(4, STAMP.lastModified(), STAMP.lastChanged()))).isEmpty();
    assertThat(known.unchanged(stamp(3, NOW, STAMP.lastChanged()))).isEmpty();
    assertThat(known.unchanged(stamp(3, STAMP.lastModified(), NOW))).isEmpty();
  }

  /** It was given another name, and back. */
  @Test
  void unwritten_onlyTheNameChanged_isTheContent() {
    ConfigContent found = known.found(bytes("one"), NOW, STAMP);
    assertThat(known.unwritten(stamp(3, STAMP.lastModified(), NOW))).containsSame(found);
    assertThat(known.unwritten(stamp(3, NOW, STAMP.lastChanged()))).isEmpty();
  }

  /** A write in the same tick of the clock would not be seen. */
  @Test
  void unchanged_readSoonAfterTheWrite_mustBeReadAgain() {
    FileStamp young = stamp(3, NOW.minusMillis(10), NOW.minusMillis(10));
    ConfigContent unused = known.found(bytes("one"), NOW, young);
    assertThat(known.unchanged(young)).isEmpty();
    assertThat(known.unwritten(young)).isEmpty();
    unused = known.found(bytes("one"), NOW.plusMillis(2), young);
    assertThat(known.unchanged(young)).isPresent();
  }

  /** The writer has set the time back to that of the content before. */
  @Test
  void unchanged_timeOfTheWriteWasSetBack_mustBeReadAgain() {
    FileStamp back = stamp(3, NOW.minusSeconds(60), NOW.plusMillis(1));
    ConfigContent unused = known.found(bytes("one"), NOW, back);
    assertThat(known.unchanged(back)).isEmpty();
  }

  /** Some file systems count in whole or even seconds. */
  @Test
  void unchanged_clockOfWholeSeconds_mustRestLonger() {
    Instant even = Instant.parse("2026-11-26T12:00:00Z");
    FileStamp whole = stamp(3, even, even);
    ConfigContent unused = known.found(bytes("one"), even.plusMillis(2000), whole);
    assertThat(known.unchanged(whole)).isEmpty();
    unused = known.found(bytes("one"), even.plusMillis(2100), whole);
    assertThat(known.unchanged(whole)).isPresent();
  }

  @Test
  void placed_untouchedSinceItWasWritten_isTheContent() {
    ConfigContent next = ConfigContent.of(bytes("two"));
    FileStamp written = stamp(3, NOW.minusMillis(50), NOW.minusMillis(30));
    FileStamp present = stamp(3, NOW.minusMillis(50), NOW);
    known.expect(next);
    known.placed(written, NOW, present);
    assertThat(known.unchanged(present).orElseThrow().bytes()).isSameAs(next.bytes());
  }

  @Test
  void placed_writtenToMeanwhileOrJustNow_mustBeRead() {
    FileStamp written = stamp(3, NOW.minusMillis(50), NOW.minusMillis(30));
    FileStamp edited = stamp(3, NOW.minusMillis(30), NOW.minusMillis(30));
    known.expect(ConfigContent.of(bytes("two")));
    known.placed(written, NOW, edited);
    assertThat(known.unchanged(edited)).isEmpty();

    FileStamp young = stamp(3, NOW.minusMillis(5), NOW.minusMillis(1));
    known.placed(young, NOW, young);
    assertThat(known.unchanged(young)).isEmpty();
  }
}
