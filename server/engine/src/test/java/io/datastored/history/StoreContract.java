package io.datastored.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.collect.ImmutableMap;
import io.datastored.config.DatastoreName;
import io.datastored.config.Fingerprint;
import io.datastored.config.NameMap;
import io.datastored.file.Digest;
import io.datastored.file.StoreException;
import io.datastored.history.Store.Draft;
import io.datastored.history.Store.Held;
import io.datastored.history.Store.Look;
import io.datastored.history.Store.Outcome;
import io.datastored.history.Store.Seen;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What every store must do. A form may fail in each way that the contract permits: a test commits
 * as the engine does, and looks again at what it cannot be sure of.
 */
public abstract class StoreContract {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int MOST_FAILURES = 50;
  private static final String FIRST = "datastore: main\n\tpath /srv/main\n";
  private static final String SECOND = "datastore: main\n\tcomment second\n\tpath /srv/main\n";

  /** The store under test, which has no configuration at first and believes edits at once. */
  protected abstract Store store();

  /** Changes the configuration as somebody who does not ask the store. */
  protected abstract void edit(String config) throws Exception;

  /** Takes the configuration away as somebody who does not ask the store. */
  protected abstract void remove() throws Exception;

  /** Takes the accepted state away. */
  protected abstract void loseState() throws Exception;

  @AfterEach
  final void close() {
    store().close();
  }

  private AcceptedState known =
      AcceptedState.empty(new Incarnation("0".repeat(16)), Optional.empty());

  /** Looks as the engine does, which goes on from what it has seen last. */
  protected final Seen look(Look how) throws StoreException {
    Seen seen = store().look(known, how);
    known = seen.state();
    return seen;
  }

  /** The first look. */
  protected final Seen begin() throws StoreException {
    known = store().initial();
    return look(Look.INSIDE);
  }

  private static ConfigContent content(String config) {
    return ConfigContent.of(config.getBytes(UTF_8));
  }

  /** The state of the next generation, which has one datastore. */
  private static AcceptedState next(AcceptedState state, ConfigContent content) {
    Generation generation = state.generation().next();
    NameMap.Builder<AcceptedDatastore> datastores = NameMap.builder(NameMap.of(), 1);
    datastores.put(
        DatastoreName.of("main"),
        new AcceptedDatastore(
            generation,
            new Fingerprint(1, generation.value()),
            ModeRecord.NEVER_SET,
            Optional.empty(),
            Optional.empty()));
    return new AcceptedState(
        new Revision(state.revision().incarnation(), generation),
        state.configFile(),
        AcceptedText.of(content.digest(), content.bytes()),
        state.floor(),
        datastores.build(),
        ImmutableMap.of());
  }

  private static Draft replacing(Seen on, String config) {
    ConfigContent content = content(config);
    return new Draft(next(on.state(), content), Optional.of(content), () -> false);
  }

  private static Draft accepting(Seen edit) {
    return new Draft(next(edit.state(), edit.content()), Optional.empty(), () -> false);
  }

  /** Commits as often as it fails without having done anything; what is not sure is looked at. */
  private Outcome commit(Seen on, Draft draft) throws StoreException {
    Digest before = store().look(on.state(), Look.INSIDE).content().digest();
    for (int failures = 0; ; failures++) {
      try {
        return store().commit(on, draft);
      } catch (StoreException e) {
        assertThat(failures).as(e.getMessage()).isLessThan(MOST_FAILURES);
        Seen after = store().look(on.state(), Look.INSIDE);
        if (e.reason() != StoreException.Reason.OUTCOME_UNKNOWN) {
          assertThat(after.state()).as("nothing was changed").isEqualTo(on.state());
          assertThat(after.content().digest()).isEqualTo(before);
        } else if (after.state().equals(draft.state())) {
          return Outcome.COMMITTED;
        } else if (!after.fits()) {
          return Outcome.OVERTAKEN;
        }
      }
    }
  }

  /** Makes a configuration the accepted one as the engine does: look, decide, commit. */
  protected final Seen persist(String config) throws StoreException {
    for (int rounds = 0; ; rounds++) {
      assertThat(rounds).isLessThan(MOST_FAILURES);
      try (Held held = store().hold(PATIENCE)) {
        Seen seen = look(Look.AT_STAMPS);
        if (!seen.fits()) {
          Outcome unused = commit(seen, accepting(seen));
        } else if (seen.content().digest().equals(content(config).digest())) {
          store().doorbell().raise(seen.state().generation());
          return seen;
        } else {
          Outcome unused = commit(seen, replacing(seen, config));
        }
      }
    }
  }

  private void probe(AcceptedState state) throws StoreException {
    for (int failures = 0; ; failures++) {
      try {
        store().probe(state);
        return;
      } catch (StoreException e) {
        assertThat(failures).as(e.getMessage()).isLessThan(MOST_FAILURES);
      }
    }
  }

  @Test
  void look_nothingThere_isTheInitialState_whichFits() throws Exception {
    Seen seen = begin();
    assertThat(seen.state()).isEqualTo(store().initial());
    assertThat(seen.content().exists()).isFalse();
    assertThat(seen.fits()).isTrue();
    assertThat(seen.stateLost()).isFalse();
  }

  @Test
  void commit_isSeen_andIsOneGeneration_whateverFailed() throws Exception {
    long before = begin().state().generation().value();
    for (int i = 1; i <= 3; i++) {
      Seen committed = persist(FIRST + "# " + i + "\n");
      assertThat(committed.state().generation().value()).isEqualTo(before + i);
      for (Look how : Look.values()) {
        Seen seen = look(how);
        assertThat(seen.fits()).isTrue();
        assertThat(seen.state()).isEqualTo(committed.state());
        assertThat(seen.state().text().bytes()).contains(seen.content().bytes());
        assertThat(new String(seen.content().bytes(), UTF_8)).endsWith("# " + i + "\n");
      }
    }
  }

  @Test
  void commit_ofAnEdit_keepsTheConfiguration() throws Exception {
    begin();
    persist(FIRST);
    edit(SECOND);
    Seen edited = look(Look.INSIDE);
    assertThat(edited.fits()).isFalse();
    assertThat(edited.rest()).isEmpty();
    assertThat(edited.contentLost()).isEmpty();
    Seen accepted = persist(SECOND);
    assertThat(accepted.state().generation()).isEqualTo(edited.state().generation().next());
    assertThat(new String(accepted.content().bytes(), UTF_8)).isEqualTo(SECOND);
  }

  @Test
  void commit_editedSince_isOvertaken_andChangesNothing() throws Exception {
    begin();
    Seen on = persist(FIRST);
    edit(SECOND);
    try (Held held = store().hold(PATIENCE)) {
      assertThat(commit(on, replacing(on, "datastore: other\n\tpath /srv/other\n")))
          .isEqualTo(Outcome.OVERTAKEN);
    }
    Seen after = look(Look.INSIDE);
    assertThat(after.state()).isEqualTo(on.state());
    assertThat(new String(after.content().bytes(), UTF_8)).isEqualTo(SECOND);
  }

  @Test
  void commit_configurationVanishedSince_isOvertaken() throws Exception {
    begin();
    Seen on = persist(FIRST);
    remove();
    try (Held held = store().hold(PATIENCE)) {
      assertThat(commit(on, replacing(on, SECOND))).isEqualTo(Outcome.OVERTAKEN);
    }
    assertThat(look(Look.INSIDE).content().exists()).isFalse();
  }

  @Test
  void commit_withdrawn_changesNothing() throws Exception {
    begin();
    Seen on = persist(FIRST);
    Draft draft = replacing(on, SECOND);
    Draft withdrawn = new Draft(draft.state(), draft.content(), () -> true);
    Draft ofTheState = new Draft(draft.state(), Optional.empty(), () -> true);
    try (Held held = store().hold(PATIENCE)) {
      for (Draft unwanted : new Draft[] {withdrawn, ofTheState}) {
        Outcome outcome = commit(on, unwanted);
        while (outcome == Outcome.OVERTAKEN) {
          outcome = commit(on, unwanted);
        }
        assertThat(outcome).isEqualTo(Outcome.WITHDRAWN);
      }
    }
    Seen after = look(Look.INSIDE);
    assertThat(after.state()).isEqualTo(on.state());
    assertThat(after.fits()).isTrue();
  }

  @Test
  void look_configurationGone_isLost_andComesBack() throws Exception {
    begin();
    persist(FIRST);
    remove();
    assertThat(look(Look.INSIDE).contentLost().orElseThrow()).contains("is missing");
    edit("\n");
    assertThat(look(Look.INSIDE).contentLost().orElseThrow()).contains("no longer has a datastore");
    edit(FIRST);
    assertThat(look(Look.INSIDE).fits()).isTrue();
  }

  /** Overridden for a store whose lost state says that its history is another one. */
  @Test
  protected void look_stateLost_goesOnFromTheKnownOne_whichCanBeCommittedAgain() throws Exception {
    begin();
    Seen before = persist(FIRST);
    loseState();
    Seen seen = look(Look.INSIDE);
    assertThat(seen.stateLost()).isTrue();
    assertThat(seen.state()).isEqualTo(before.state());
    assertThat(seen.fits()).isTrue();
    try (Held held = store().hold(PATIENCE)) {
      while (look(Look.INSIDE).stateLost()) {
        Outcome unused = commit(seen, new Draft(seen.state(), Optional.empty(), () -> false));
      }
    }
    assertThat(look(Look.AT_STAMPS).state()).isEqualTo(before.state());
  }

  @Test
  void look_stateOlderThanTheDoorbell_isNoStateToGoOnFrom() throws Exception {
    begin();
    Seen seen = persist(FIRST);
    store().doorbell().raise(seen.state().generation().next());
    assertThatThrownBy(() -> look(Look.INSIDE))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("lost or replaced");
  }

  @Test
  void look_stateOfAnotherHistory_isNoStateToGoOnFrom() throws Exception {
    begin();
    persist(FIRST);
    known = AcceptedState.empty(new Incarnation("f".repeat(16)), Optional.empty());
    assertThatThrownBy(() -> look(Look.INSIDE)).isInstanceOf(StoreException.class);
  }

  @Test
  void hold_heldByAnother_isRefusedAfterTheWait_andGivenAfterwards() throws Exception {
    try (Held held = store().hold(PATIENCE)) {
      assertThatThrownBy(() -> store().hold(Duration.ofMillis(1)))
          .isInstanceOfSatisfying(
              StoreException.class,
              e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.IN_USE));
    }
    store().hold(Duration.ofMillis(1)).close();
  }

  @Test
  void probe_changesNothing() throws Exception {
    begin();
    Seen before = persist(FIRST);
    probe(before.state());
    assertThat(look(Look.INSIDE)).usingRecursiveComparison().isEqualTo(before);
  }

  /** Overridden for a form whose watch is broken. */
  @Test
  protected void watch_editCommitRemove_callsBack_untilItIsClosed() throws Exception {
    begin();
    AtomicInteger calls = new AtomicInteger();
    AtomicInteger others = new AtomicInteger();
    try (Store.Watch other = store().watch(others::incrementAndGet)) {
      try (Store.Watch watch = store().watch(calls::incrementAndGet)) {
        edit(FIRST);
        await().until(() -> calls.get() > 0 && others.get() > 0);
        settle(calls);
        Seen unused = persist(SECOND);
        await().until(() -> calls.get() > 0);
        settle(calls);
        remove();
        await().until(() -> calls.get() > 0);
        settle(calls);
      }
      others.set(0);
      edit(FIRST);
      await().until(() -> others.get() > 0);
      assertThat(calls).hasValue(0);
    }
  }

  /** Waits until one change's calls are over. */
  private static void settle(AtomicInteger calls) {
    await().during(Duration.ofMillis(100)).until(() -> calls.getAndSet(0), count -> count == 0);
  }

  @Test
  void close_endsWatches_andIsIdempotent() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    Store.Watch watch = store().watch(calls::incrementAndGet);
    store().close();
    store().close();
    watch.close();
    edit(FIRST);
    await().during(Duration.ofMillis(100)).until(calls::get, count -> count == 0);
  }

  @Test
  void describe_and_requireWritable_ofAStoreThatCommits() throws Exception {
    assertThat(store().describe()).isNotBlank();
    store().requireWritable();
  }
}
