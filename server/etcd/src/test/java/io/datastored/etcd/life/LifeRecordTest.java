package io.datastored.etcd.life;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.etcd.history.KeyValues;
import io.datastored.etcd.history.Keys;
import io.datastored.etcd.life.LifeRecord.End;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.LifeId;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LifeRecordTest {

  private static final LifeRecord RECORD =
      new LifeRecord("pbs1", Duration.ofSeconds(10), Duration.ofMillis(61_100), End.OPEN);

  @Test
  void text_isWhatEtcdctlShows() {
    assertThat(RECORD.write()).isEqualTo("replica pbs1\nauthority 10000\nlongest 61100\n");
    assertThat(RECORD.left(Duration.ZERO).write())
        .isEqualTo("replica pbs1\nauthority 10000\nlongest 0\nleft\n");
    assertThat(LifeRecord.read(RECORD.write())).isEqualTo(RECORD);
    LifeRecord left = RECORD.left(Duration.ofSeconds(3));
    assertThat(LifeRecord.read(left.write())).isEqualTo(left);
  }

  @Test
  void ofEarlierServer_isWaitedForAsLongAsItHasPromised() {
    KeyValues.Change change =
        LifeRecord.ofEarlierServer(
            new LifeKeys(new Keys("/test/")),
            new LifeId("abcdefgh"),
            "pbs1",
            Duration.ofMillis(61_100));
    assertThat(change.key()).isEqualTo("/test/life/abcdefgh");
    LifeRecord read = LifeRecord.read(new String(change.value().orElseThrow(), UTF_8));
    assertThat(read.end()).isEqualTo(End.LEFT);
    assertThat(read.wait(ClockSlack.DEFAULT)).isEqualTo(Duration.ofMillis(61_100));
  }

  @Test
  void text_isRoundedUp_soThatNobodyWaitsTooShort() {
    assertThat(RECORD.promising(Duration.ofNanos(1_000_001)).write()).contains("longest 2\n");
  }

  @Test
  void read_linesOfALaterVersion_areSkipped() {
    assertThat(LifeRecord.read("weather fine\n" + RECORD.write())).isEqualTo(RECORD);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "replica a\nauthority 10\n",
        "replica a\nlongest 10\n",
        "authority 10\nlongest 10\n",
        "replica a\nauthority ten\nlongest 10\n",
        "replica a\nauthority 0\nlongest 10\n",
        "replica a\nauthority 10\nlongest -1\n"
      })
  void read_damaged_isRefused(String text) {
    assertThatThrownBy(() -> LifeRecord.read(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void wait_isAuthorityAndPromise_withSlackForBoth() {
    assertThat(RECORD.wait(ClockSlack.DEFAULT))
        .isEqualTo(Duration.ofMillis(10_000 + 100 + 500 + 61_100));
    assertThat(RECORD.left(Duration.ofSeconds(3)).wait(ClockSlack.DEFAULT))
        .isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void keys_ofOtherThings_areNoLives() {
    LifeKeys keys = new LifeKeys(new Keys("/d/"));
    assertThat(keys.lifeOfRecord("/d/life/abcdefgh")).contains(new LifeId("abcdefgh"));
    assertThat(keys.lifeOfPresence("/d/here/abcdefgh")).contains(new LifeId("abcdefgh"));
    assertThat(keys.lifeOfRecord("/d/here/abcdefgh")).isEmpty();
    assertThat(keys.lifeOfRecord("/d/life/ABC")).isEmpty();
    assertThatThrownBy(() -> new LifeKeys(new Keys("/d")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
