package io.datastored.etcd.history;

import static io.datastored.etcd.history.EtcdStores.KEYS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.etcd.history.KeyValues.Change;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.ConfigContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Views that follow each other, from what a watch reports. */
final class SuccessionTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final String ONE = Drafts.section("main", "one");
  private static final String OTHER = Drafts.section("other", "one");

  private final MemoryEtcd etcd = EtcdStores.create().etcd();
  private final Random random = new Random(2);
  private View start;
  private long revision;

  @BeforeEach
  void setUp() throws Exception {
    start = load();
    revision = etcd.revision();
  }

  private View load() throws Exception {
    return new ViewLoader(etcd.connect(), KEYS, 10)
        .load(null, why -> new StoreException(StoreException.Reason.OTHER, why));
  }

  private CommitPlan plan(View on, String config) throws Exception {
    ConfigContent content = Drafts.content(config);
    AcceptedState state = Drafts.accepting(on.state(), content);
    return CommitPlan.of(
        KEYS, new CommitPlan.Basis(on, revision), state, content, CommitId.random(random));
  }

  /** Why everything must be read again after a change; empty if it need not be. */
  private Optional<String> gap(View on, List<Change> changes) {
    return new Succession(KEYS, on).add(++revision, changes);
  }

  private View to(View on, List<Change> changes) {
    Succession next = new Succession(KEYS, on);
    assertThat(next.add(++revision, changes)).isEmpty();
    return next.view();
  }

  @Test
  void to_aCommit_isWhatIsRead() throws Exception {
    CommitPlan plan = plan(start, ONE + OTHER);
    etcd.change(plan.then());
    View next = to(start, plan.then());
    View read = load();
    assertThat(next.state()).isEqualTo(read.state());
    assertThat(next.content().bytes()).isEqualTo(read.content().bytes());
    assertThat(next.head()).isEqualTo(read.head());
    assertThat(next.headModified()).isEqualTo(read.headModified());
  }

  @Test
  void to_aCommitOfWhichAKeyIsMissing_isAGap() throws Exception {
    List<Change> changes = plan(start, ONE + OTHER).then();
    for (int missing = 1; missing < changes.size(); missing++) {
      List<Change> some = new ArrayList<>(changes);
      some.remove(missing);
      assertThat(gap(start, some)).isPresent();
    }
  }

  @Test
  void to_aCommitAfterAMissedOne_isAGap() throws Exception {
    View missed = to(start, plan(start, ONE).then());
    assertThat(gap(start, plan(missed, OTHER).then())).isPresent();
  }

  @Test
  void to_anOwnCommitThatIsReported_changesNothing() throws Exception {
    CommitPlan plan = plan(start, ONE);
    View next = to(start, plan.then());
    revision--;
    assertThat(to(next, plan.then())).isSameAs(next);
  }

  @Test
  void to_aTouch_changesOnlyWhatIsCompared() {
    View next =
        to(
            start,
            List.of(
                new Change(
                    KEYS.head(), Optional.of(start.head().again(start.headModified()).write()))));
    assertThat(next.headModified()).isEqualTo(revision).isGreaterThan(start.headModified());
    assertThat(next.state()).isEqualTo(start.state());
  }

  @Test
  void to_anEdit_keepsWhatWasAccepted() throws Exception {
    View before = to(start, plan(start, ONE).then());
    View edited =
        to(before, List.of(new Change(KEYS.datastore(MAIN), Optional.of(OTHER.getBytes(UTF_8)))));
    assertThat(edited.state()).isEqualTo(before.state());
    assertThat(edited.state().text().bytes().orElseThrow()).asString(UTF_8).isEqualTo(ONE);
    assertThat(edited.content().bytes()).asString(UTF_8).isEqualTo(OTHER);
    View deleted = to(edited, List.of(new Change(KEYS.datastore(MAIN), Optional.empty())));
    assertThat(deleted.state()).isEqualTo(before.state());
    assertThat(deleted.section(MAIN).compared()).isZero();
  }

  @Test
  void to_aHeadDeletedOrDamaged_isReadAnew() {
    assertThat(gap(start, List.of(new Change(KEYS.head(), Optional.empty())))).isPresent();
    assertThat(gap(start, List.of(new Change(KEYS.head(), Optional.of(new byte[0]))))).isPresent();
  }

  @Test
  void to_keysOfOthers_changeNothing() {
    Change foreign = new Change(KEYS.prefix() + "life/abc", Optional.of(new byte[] {'x'}));
    assertThat(to(start, List.of(foreign))).isSameAs(start);
  }
}
