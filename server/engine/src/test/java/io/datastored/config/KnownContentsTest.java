package io.datastored.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

final class KnownContentsTest {

  private static final ConfigContent.FileStamp STAMP =
      new ConfigContent.FileStamp(new FileIdentity(1, 2), Instant.EPOCH, Instant.EPOCH);

  private final KnownContents known = new KnownContents();

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  @Test
  void found_again_isTheSameBytes_withTheStampOfNow() {
    ConfigContent first = known.found(bytes("one"), STAMP);
    ConfigContent second = known.found(bytes("one"), STAMP);
    assertThat(second.bytes()).isSameAs(first.bytes());
    assertThat(second.digest()).isEqualTo(Digest.of(bytes("one")));
    assertThat(second.stamp()).contains(STAMP);
  }

  @Test
  void digest_ofAnything_isItsOwn() {
    ConfigContent unused = known.found(bytes("one"), STAMP);
    known.expect(ConfigContent.of(bytes("two")));
    for (String text : new String[] {"one", "two", "onf", "one ", ""}) {
      assertThat(known.digest(bytes(text))).isEqualTo(Digest.of(bytes(text)));
      assertThat(known.found(bytes(text), STAMP).digest()).isEqualTo(Digest.of(bytes(text)));
    }
  }

  @Test
  void found_whatWasExpected_isWhatWasExpected() {
    ConfigContent next = ConfigContent.of(bytes("two"));
    known.expect(next);
    assertThat(known.found(bytes("two"), STAMP).bytes()).isSameAs(next.bytes());
  }
}
