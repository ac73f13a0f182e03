package io.datastored.etcd.history;

import static io.datastored.etcd.history.EtcdStores.KEYS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.datastored.etcd.client.KeyRange;
import io.datastored.etcd.history.HeadComparison.Begun;
import io.datastored.etcd.history.HeadComparison.Line;
import io.datastored.etcd.history.KeyValues.Entry;
import io.datastored.history.AcceptedState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a pulse finds of the head, beside what is followed. */
final class HeadComparisonTest {

  private static final String ONE = Drafts.section("main", "one");
  private static final String TWO = Drafts.section("main", "two");

  private final EtcdStores stores = EtcdStores.create();
  private final MemoryEtcd etcd = stores.etcd();
  private final List<EtcdStore> opened = new ArrayList<>();

  /** Whether the watch of the follower is silent. */
  private final AtomicBoolean silent = new AtomicBoolean();

  /** Whether etcd cannot be read. */
  private final AtomicBoolean failing = new AtomicBoolean();

  private final EtcdStore store =
      open(
          new ForwardingKeyValues(etcd.connect()) {
            @Override
            public Page range(KeyRange range, long revision, int limit) throws KeyValuesException {
              if (failing.get()) {
                throw new KeyValuesException(KeyValuesException.Kind.UNREACHABLE, "gone away");
              }
              return super.range(range, revision, limit);
            }

            @Override
            public Watch watch(String prefix, long from, Listener listener) {
              return super.watch(
                  prefix,
                  from,
                  new Listener() {
                    @Override
                    public void changed(long revision, List<Change> changes) {
                      if (!silent.get()) {
                        listener.changed(revision, changes);
                      }
                    }

                    @Override
                    public void ended(KeyValuesException why) {
                      listener.ended(why);
                    }
                  });
            }
          });

  private EtcdStore open(KeyValues connection) {
    EtcdStore made = stores.open(connection);
    opened.add(made);
    return made;
  }

  @AfterEach
  void close() {
    opened.forEach(EtcdStore::close);
  }

  private Optional<byte[]> head() throws Exception {
    return etcd.connect().range(KeyRange.of(KEYS.head()), 0, 1).entries().stream()
        .findFirst()
        .map(Entry::value);
  }

  @Test
  void sameHead_isTheSameLine() throws Exception {
    Drafts.set(store, ONE);
    assertThat(store.comparison().begin().line(head())).isEqualTo(Line.SAME);
    assertThat(store.reloads()).isZero();
  }

  @Test
  void commitThatIsFollowedBeforeTheAnswer_isNoFork() throws Exception {
    Begun begun = store.comparison().begin();
    Optional<byte[]> before = head();
    Drafts.set(store, ONE);
    assertThat(begun.line(before)).isEqualTo(Line.SAME);
    assertThat(store.reloads()).isZero();
  }

  @Test
  void silentWatch_isFoundByTheSecondComparison() throws Exception {
    silent.set(true);
    AcceptedState state = Drafts.set(open(etcd.connect()), ONE);
    assertThat(store.comparison().begin().line(head()))
        .as("it may be on its way")
        .isEqualTo(Line.SAME);
    assertThat(store.reloads()).isZero();
    assertThat(store.comparison().begin().line(head())).isEqualTo(Line.SAME);
    assertThat(store.reloads()).isEqualTo(1);
    assertThat(Drafts.look(store).state()).isEqualTo(state);
  }

  @Test
  void silentWatch_whileOthersGoOnCommitting_isFoundByTheSecondComparison() throws Exception {
    silent.set(true);
    EtcdStore writer = open(etcd.connect());
    Drafts.set(writer, ONE);
    assertThat(store.comparison().begin().line(head())).isEqualTo(Line.SAME);
    AcceptedState state = Drafts.set(writer, TWO);
    assertThat(store.comparison().begin().line(head())).isEqualTo(Line.SAME);
    assertThat(Drafts.look(store).state()).isEqualTo(state);
  }

  @Test
  void headThatCannotBeConfirmed_isUnknown() throws Exception {
    Drafts.set(store, ONE);
    Optional<byte[]> damaged = Optional.of("damaged".getBytes(UTF_8));
    failing.set(true);
    assertThat(store.comparison().begin().line(damaged)).isEqualTo(Line.UNKNOWN);
    failing.set(false);
    assertThat(store.comparison().begin().line(damaged)).isEqualTo(Line.SAME);
  }

  @Test
  void laterHeadThatIsFollowedMeanwhile_readsNothingAgain() throws Exception {
    EtcdStore writer = open(etcd.connect());
    Begun first = store.comparison().begin();
    Begun second = store.comparison().begin();
    AcceptedState state = Drafts.set(writer, ONE);
    await().until(() -> Drafts.look(store).state().equals(state));
    assertThat(first.line(head())).isEqualTo(Line.SAME);
    assertThat(second.line(head())).isEqualTo(Line.SAME);
    assertThat(store.reloads()).isZero();
  }

  @Test
  void headThatWasSetBack_isAFork() throws Exception {
    Drafts.set(store, ONE);
    long backup = etcd.revision();
    Drafts.set(store, TWO);
    etcd.restore(backup);
    assertThat(store.comparison().begin().line(head())).isEqualTo(Line.LOST);
    assertThatThrownBy(() -> Drafts.look(store)).hasMessageContaining("a fork");
    assertThat(store.comparison().begin().line(head())).as("and it stays one").isEqualTo(Line.LOST);
  }

  @Test
  void deletedHead_isAFork() throws Exception {
    silent.set(true);
    etcd.wipe(KEYS.prefix());
    assertThat(store.comparison().begin().line(head())).isEqualTo(Line.LOST);
    assertThatThrownBy(() -> Drafts.look(store)).hasMessageContaining("a fork");
  }
}
