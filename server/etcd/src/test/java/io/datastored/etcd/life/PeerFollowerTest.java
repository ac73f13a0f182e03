package io.datastored.etcd.life;

import static io.datastored.etcd.life.LifeSite.KEYS;
import static io.datastored.etcd.life.PeerSite.ALPHA;
import static io.datastored.etcd.life.PeerSite.BETA;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.etcd.history.KeyValues.Change;
import io.datastored.etcd.history.KeyValues.Entry;
import io.datastored.promise.LifeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class PeerFollowerTest {

  private static final LifeId X = new LifeId("xxxxxxxx");
  private static final String WORK = KEYS.work(ALPHA, X);

  private final List<DatastoreName> raised = new ArrayList<>();
  private final PeerFollower follower = new PeerFollower(KEYS, raised::add);

  private static Entry entry(String key, String value, long revision) {
    return new Entry(key, value.getBytes(UTF_8), revision, revision);
  }

  private void put(long revision, String key, String value) {
    follower.changed(revision, List.of(new Change(key, Optional.of(value.getBytes(UTF_8)))));
  }

  private void delete(long revision, String key) {
    follower.changed(revision, List.of(new Change(key, Optional.empty())));
  }

  private long created(String key) {
    return follower.view().item(key).orElseThrow().created();
  }

  private static String floor(long write) {
    return new Floor(0, write, Floor.NONE.sealed()).text();
  }

  @Test
  void changed_keepsTheRevisionThatCreatedAKey_untilItIsDeleted() {
    put(5, WORK, "one");
    put(6, WORK, "two");
    assertThat(created(WORK)).isEqualTo(5);
    delete(7, WORK);
    assertThat(follower.view().item(WORK)).isEmpty();
    put(8, WORK, "three");
    assertThat(created(WORK)).isEqualTo(8);
  }

  @Test
  void changed_beforeWhatWasLoaded_isNotTakenBack() {
    follower.loaded(10, List.of(entry(WORK, "one", 9)));
    delete(8, WORK);
    delete(10, WORK);
    assertThat(follower.view().item(WORK)).isPresent();
    delete(11, WORK);
    assertThat(follower.view().item(WORK)).isEmpty();
  }

  @Test
  void loaded_forgetsWhatIsGone() {
    put(5, WORK, "one");
    put(6, KEYS.floor(ALPHA), floor(7));
    follower.loaded(10, List.of(entry(KEYS.floor(BETA), floor(8), 9)));
    assertThat(follower.view().items()).isEmpty();
    assertThat(follower.floor(ALPHA)).isEqualTo(Floors.Known.NOTHING);
    assertThat(follower.floor(BETA).floor().write()).isEqualTo(8);
    assertThat(raised).containsExactly(ALPHA, BETA);
  }

  /** A member that was paused has answered from its past. */
  @Test
  void loaded_olderThanWhatIsKnown_isLeftOut() {
    follower.loaded(10, List.of(entry(WORK, "one", 9)));
    follower.loaded(9, List.of());
    assertThat(follower.view().item(WORK)).isPresent();
  }

  @Test
  void floor_knownAheadOfTheWatch_isNotLoweredByIt() {
    follower.know(ALPHA, new Floors.Known(new Floor(0, 9, Floor.NONE.sealed()), 12));
    put(11, KEYS.floor(ALPHA), floor(7));
    assertThat(follower.floor(ALPHA).floor().write()).isEqualTo(9);
    assertThat(raised).containsExactly(ALPHA);
    put(13, KEYS.floor(ALPHA), floor(10));
    assertThat(follower.floor(ALPHA).floor().write()).isEqualTo(10);
  }

  @Test
  void correct_replacesOnlyWhatWasRead_andTheWatchGoesOn() {
    put(5, WORK, "one");
    put(6, KEYS.work(BETA, X), "two");
    TreeMap<String, PeerView.Item> read = new TreeMap<>();
    follower.correct(new PeerView(9, read), PeerReading.prefixes(KEYS, ALPHA));
    assertThat(follower.view().items()).containsOnlyKeys(KEYS.work(BETA, X));
    put(8, KEYS.work(BETA, X), "three");
    assertThat(follower.view().item(KEYS.work(BETA, X)).orElseThrow().text()).isEqualTo("three");
    follower.correct(new PeerView(7, read), PeerReading.prefixes(KEYS, BETA));
    assertThat(follower.view().items()).as("read before").isNotEmpty();
  }

  @Test
  void changed_keysOfOthers_areLeftOut() {
    put(5, KEYS.prefix() + "head", "head");
    put(6, KEYS.prefix() + "floor/_", floor(1));
    assertThat(follower.view()).isEqualTo(PeerView.NOTHING);
    assertThat(raised).isEmpty();
  }
}
