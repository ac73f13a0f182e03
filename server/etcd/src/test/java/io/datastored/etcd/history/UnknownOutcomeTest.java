package io.datastored.etcd.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.etcd.client.KeyRange;
import io.datastored.etcd.history.KeyValuesException.Kind;
import io.datastored.file.StoreException;
import io.datastored.history.Store;
import io.datastored.history.Store.Draft;
import io.datastored.history.Store.Outcome;
import io.datastored.history.Store.Seen;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What became of a commit whose answer is lost, as schedules of the model of outcomes. */
final class UnknownOutcomeTest {

  private static final String ONE = Drafts.section("main", "one");
  private static final String TWO = Drafts.section("main", "two");
  private static final String OTHER = Drafts.section("other", "one");

  private enum Fate {
    DONE,
    DONE_WITHOUT_ANSWER,
    LOST,
    /** It is done when the next transaction has been. */
    LATE,
    COLLEAGUE_COMES_FIRST,
    UNREACHABLE,
    /** It is done, but no read is answered from now on. */
    DONE_BUT_UNREACHABLE,
    FULL,
    /** Space ran out between the two checks of etcd. */
    DONE_BUT_FULL
  }

  private final EtcdStores stores = EtcdStores.create();
  private final Schedule schedule = new Schedule(stores.etcd().connect());
  private final EtcdStore store = stores.open(schedule);
  private final EtcdStore colleague = stores.open();
  private boolean othersHeld;

  @AfterEach
  void close() {
    store.close();
    colleague.close();
  }

  /** Gives each transaction its fate. Confined to one thread. */
  private final class Schedule extends ForwardingKeyValues {
    final Deque<Fate> fates = new ArrayDeque<>();
    final Deque<Runnable> late = new ArrayDeque<>();
    volatile boolean deaf;
    int transactions;

    Schedule(KeyValues delegate) {
      super(delegate);
    }

    @Override
    public Page range(KeyRange range, long revision, int limit) throws KeyValuesException {
      if (deaf) {
        throw new KeyValuesException(Kind.UNREACHABLE, "no member answers");
      }
      return super.range(range, revision, limit);
    }

    @Override
    public Answer commit(List<Condition> when, List<Change> then) throws KeyValuesException {
      transactions++;
      Fate fate = fates.isEmpty() ? Fate.DONE : fates.remove();
      switch (fate) {
        case DONE -> {
          Answer answer = super.commit(when, then);
          late.forEach(Runnable::run);
          late.clear();
          return answer;
        }
        case DONE_WITHOUT_ANSWER -> {
          Answer unused = super.commit(when, then);
        }
        case LOST -> {}
        case LATE -> late.add(() -> now(when, then));
        case COLLEAGUE_COMES_FIRST -> colleagueCommits();
        case UNREACHABLE -> deaf = true;
        case DONE_BUT_UNREACHABLE -> {
          deaf = true;
          Answer unused = super.commit(when, then);
        }
        case FULL -> throw new KeyValuesException(Kind.FULL, "database space exceeded");
        case DONE_BUT_FULL -> {
          Answer unused = super.commit(when, then);
          throw new KeyValuesException(Kind.FULL, "database space exceeded");
        }
      }
      throw new KeyValuesException(Kind.OUTCOME_UNKNOWN, "etcdserver: request timed out");
    }

    private void now(List<Condition> when, List<Change> then) {
      try {
        Answer unused = super.commit(when, then);
      } catch (KeyValuesException e) {
        throw new AssertionError(e);
      }
    }
  }

  private void colleagueCommits() {
    try {
      Drafts.change(colleague, before -> before + OTHER);
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
  }

  private Seen begin() throws StoreException {
    Drafts.set(store, ONE);
    schedule.transactions = 0;
    return Drafts.look(store);
  }

  private String committed() throws StoreException {
    EtcdStore fresh = stores.open();
    try {
      return Drafts.text(Drafts.look(fresh));
    } finally {
      fresh.close();
    }
  }

  @Test
  void commit_doneWithoutAnswer_isCommitted_once() throws Exception {
    Seen on = begin();
    schedule.fates.add(Fate.DONE_WITHOUT_ANSWER);
    assertThat(store.commit(on, Drafts.replacing(on, TWO))).isEqualTo(Outcome.COMMITTED);
    assertThat(schedule.transactions).isEqualTo(1);
    assertThat(committed()).isEqualTo(TWO);
    assertThat(Drafts.text(Drafts.look(store))).isEqualTo(TWO);
  }

  @Test
  void commit_doneWithoutAnswer_thenOvertaken_isCommitted() throws Exception {
    Seen on = begin();
    schedule.fates.add(Fate.DONE_WITHOUT_ANSWER);
    KeyValues afterwards =
        new ForwardingKeyValues(schedule) {
          @Override
          public Answer commit(List<Condition> when, List<Change> then) throws KeyValuesException {
            try {
              return super.commit(when, then);
            } catch (KeyValuesException e) {
              colleagueCommits();
              throw e;
            }
          }
        };
    EtcdStore other = stores.open(afterwards);
    try {
      assertThat(other.commit(Drafts.look(other), Drafts.replacing(on, TWO)))
          .isEqualTo(Outcome.COMMITTED);
    } finally {
      other.close();
    }
    assertThat(committed()).isEqualTo(TWO + OTHER);
  }

  @Test
  void commit_lost_isSealed_andThenNothingWasChanged() throws Exception {
    Seen on = begin();
    schedule.fates.add(Fate.LOST);
    assertThatThrownBy(() -> store.commit(on, Drafts.replacing(on, TWO)))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isNotEqualTo(StoreException.Reason.OUTCOME_UNKNOWN))
        .hasMessageContaining("nothing was changed");
    assertThat(schedule.transactions).as("the commit and the seal").isEqualTo(2);
    assertThat(committed()).isEqualTo(ONE);
  }

  /** Without the seal the commit would be done after it was told that nothing was changed. */
  @Test
  void commit_late_isRefusedByTheSeal() throws Exception {
    Seen on = begin();
    schedule.fates.add(Fate.LATE);
    assertThatThrownBy(() -> store.commit(on, Drafts.replacing(on, TWO)))
        .hasMessageContaining("nothing was changed");
    assertThat(schedule.late).as("it was executed in the meantime").isEmpty();
    assertThat(committed()).isEqualTo(ONE);
  }

  @Test
  void commit_sealWithoutAnswer_isAskedAgain() throws Exception {
    Seen on = begin();
    schedule.fates.addAll(List.of(Fate.LATE, Fate.LOST, Fate.DONE_WITHOUT_ANSWER));
    assertThatThrownBy(() -> store.commit(on, Drafts.replacing(on, TWO)))
        .hasMessageContaining("nothing was changed");
    schedule.late.forEach(Runnable::run);
    assertThat(committed()).isEqualTo(ONE);
  }

  @Test
  void commit_colleagueCameFirst_isOvertaken() throws Exception {
    Seen on = begin();
    schedule.fates.add(Fate.COLLEAGUE_COMES_FIRST);
    assertThat(store.commit(on, Drafts.replacing(on, TWO))).isEqualTo(Outcome.OVERTAKEN);
    assertThat(committed()).isEqualTo(ONE + OTHER);
    assertThat(Drafts.text(Drafts.look(store))).isEqualTo(ONE + OTHER);
  }

  @Test
  void commit_etcdDoesNotAnswerAnyMore_isUnknown() throws Exception {
    Seen on = begin();
    schedule.fates.add(Fate.UNREACHABLE);
    assertThatThrownBy(() -> store.commit(on, Drafts.replacing(on, TWO)))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.OUTCOME_UNKNOWN));
    assertThat(schedule.transactions).as("it is never sent again").isEqualTo(1);
  }

  @Test
  void commit_etcdDoesNotAnswerAnyMore_butTheWatchReportsIt_isCommitted() throws Exception {
    Seen on = begin();
    schedule.fates.add(Fate.DONE_BUT_UNREACHABLE);
    assertThat(store.commit(on, Drafts.replacing(on, TWO))).isEqualTo(Outcome.COMMITTED);
    assertThat(Drafts.text(Drafts.look(store))).isEqualTo(TWO);
  }

  /** The time is up when the seal has no answer, but the seal was done. */
  @Test
  void commit_lastSealWithoutAnswer_isLookedAt() throws Exception {
    EtcdStoreOptions options = EtcdStores.options();
    EtcdStore hasty =
        EtcdStore.open(
            schedule,
            new EtcdStoreOptions(
                options.keys(),
                options.debounce(),
                options.page(),
                options.patience(),
                options.watchRetry(),
                Duration.ZERO,
                options.outcomePause(),
                options.random()));
    try {
      Seen on = Drafts.look(hasty);
      stores.etcd().lose(revision -> true);
      schedule.fates.addAll(List.of(Fate.LOST, Fate.DONE_WITHOUT_ANSWER));
      assertThatThrownBy(() -> hasty.commit(on, Drafts.replacing(on, TWO)))
          .hasMessageContaining("nothing was changed");
    } finally {
      hasty.close();
    }
  }

  @Test
  void commit_whileItsOutcomeIsUnknown_doesNotKeepOthersWaiting() throws Exception {
    Seen on = begin();
    schedule.fates.add(Fate.DONE_WITHOUT_ANSWER);
    Draft draft = Drafts.replacing(on, TWO);
    try (Store.Held held = store.hold(Duration.ZERO)) {
      Draft asking =
          new Draft(draft.state(), draft.content(), draft.withdrawn(), this::whileAnotherHolds);
      assertThat(store.commit(on, asking)).isEqualTo(Outcome.COMMITTED);
      assertThat(othersHeld).isTrue();
    }
    try (Store.Held next = store.hold(Duration.ZERO)) {
      assertThatThrownBy(() -> store.hold(Duration.ZERO))
          .as("one at a time, as before")
          .hasMessageContaining("another commit");
    }
  }

  private <T> T whileAnotherHolds(Store.Question<T> question) throws StoreException {
    try (Store.Held other = store.hold(Duration.ZERO)) {
      othersHeld = true;
      return question.ask();
    }
  }

  @Test
  void commit_noSpace_isNotDone_andSaysWhatToDo() throws Exception {
    Seen on = begin();
    schedule.fates.add(Fate.FULL);
    assertThatThrownBy(() -> store.commit(on, Drafts.replacing(on, TWO)))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.DISK_FULL))
        .hasMessageContaining("etcdctl alarm disarm");
    assertThat(schedule.transactions).as("it cannot be done later").isEqualTo(1);
    assertThat(committed()).isEqualTo(ONE);
  }

  @Test
  void commit_spaceRanOutAfterIt_isCommitted() throws Exception {
    Seen on = begin();
    schedule.fates.add(Fate.DONE_BUT_FULL);
    assertThat(store.commit(on, Drafts.replacing(on, TWO))).isEqualTo(Outcome.COMMITTED);
    assertThat(schedule.transactions).isEqualTo(1);
    assertThat(committed()).isEqualTo(TWO);
    assertThat(Drafts.text(Drafts.look(store))).isEqualTo(TWO);
  }

  @Test
  void commit_noSpace_andNobodyAnswers_isUnknown() throws Exception {
    Seen on = begin();
    schedule.fates.add(Fate.FULL);
    schedule.deaf = true;
    assertThatThrownBy(() -> store.commit(on, Drafts.replacing(on, TWO)))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.OUTCOME_UNKNOWN));
  }
}
