package io.datastored.etcd.history;

import static io.datastored.etcd.history.EtcdStores.KEYS;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.google.common.util.concurrent.Uninterruptibles;
import io.datastored.config.DatastoreName;
import io.datastored.etcd.client.KeyRange;
import io.datastored.etcd.history.KeyValues.Answer;
import io.datastored.etcd.history.KeyValues.Change;
import io.datastored.etcd.history.KeyValues.Condition;
import io.datastored.etcd.history.KeyValues.Page;
import io.datastored.etcd.history.KeyValuesException.Kind;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.ConfigContent;
import io.datastored.history.Generation;
import io.datastored.history.Store;
import io.datastored.history.Store.Draft;
import io.datastored.history.Store.Look;
import io.datastored.history.Store.Outcome;
import io.datastored.history.Store.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One or more stores on a model of etcd. */
final class EtcdStoreTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final String ONE = Drafts.section("main", "one");
  private static final String TWO = Drafts.section("main", "two");
  private static final String OTHER = Drafts.section("other", "one");

  private final EtcdStores stores = EtcdStores.create();
  private final MemoryEtcd etcd = stores.etcd();
  private final List<EtcdStore> opened = new ArrayList<>();

  private EtcdStore open() {
    EtcdStore store = stores.open();
    opened.add(store);
    return store;
  }

  @AfterEach
  void close() {
    opened.forEach(EtcdStore::close);
  }

  private static void awaitSame(EtcdStore store, AcceptedState state) {
    await()
        .untilAsserted(
            () -> {
              Seen seen = Drafts.look(store);
              assertThat(seen.state()).isEqualTo(state);
              assertThat(seen.fits()).isTrue();
            });
  }

  @Test
  void commit_isFollowedByOthers_withoutReadingAll() throws Exception {
    EtcdStore writer = open();
    EtcdStore follower = open();
    Drafts.set(writer, "# head\n\n" + ONE + OTHER);
    Drafts.set(writer, "# head\n\n" + OTHER + TWO + "# end");
    AcceptedState state = Drafts.set(writer, "# head\n\n" + TWO);
    awaitSame(follower, state);
    assertThat(Drafts.text(Drafts.look(follower))).isEqualTo("# head\n\n" + TWO);
    assertThat(follower.doorbell().read()).isEqualTo(state.generation().value());
    assertThat(follower.reloads()).isZero();
    assertThat(Drafts.look(open()).state()).isEqualTo(state);
  }

  @Test
  void newest_isWhatAnyServerHasCommitted_whateverIsFollowed() throws Exception {
    EtcdStore writer = open();
    EtcdStore unaware = open();
    assertThat(unaware.newest()).isEqualTo(Drafts.look(writer).state().revision());
    AcceptedState state = Drafts.set(writer, ONE + OTHER);
    assertThat(unaware.newest()).isEqualTo(state.revision());
  }

  @Test
  void commit_anyConfigurations_areReadAsTheyWere() throws Exception {
    Random random = new Random(5);
    EtcdStore writer = open();
    EtcdStore follower = open();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      if (names.size() < 3 || random.nextInt(3) > 0) {
        names.add(random.nextInt(names.size() + 1), "name-" + random.nextInt(1_000_000));
      } else {
        names.remove(random.nextInt(names.size()));
      }
      if (random.nextInt(20) == 0) {
        Collections.shuffle(names, random);
      }
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "# " + i + "\n" : "");
      names.forEach(name -> text.append(Drafts.section(name, "c" + random.nextInt(3))));
      AcceptedState state =
          Drafts.set(writer, text + (random.nextBoolean() ? "# no line feed" : ""));
      if (i % 10 == 0) {
        awaitSame(follower, state);
        Seen read = Drafts.look(open());
        assertThat(read.state()).isEqualTo(state);
        assertThat(read.state().text().bytes().orElseThrow()).isEqualTo(read.content().bytes());
        assertThat(Drafts.look(follower).state().text().bytes().orElseThrow())
            .isEqualTo(read.content().bytes());
      }
    }
    assertThat(follower.reloads()).isZero();
  }

  @Test
  void commit_notUtf8_staysByteForByte() throws Exception {
    EtcdStore store = open();
    byte[] bytes =
        (ONE + "datastore: odd\n\tcomment \u00ff\n\tpath /x\n" + OTHER).getBytes(ISO_8859_1);
    Seen on = Drafts.look(store);
    ConfigContent content = ConfigContent.of(bytes);
    Draft draft =
        new Draft(Drafts.accepting(on.state(), content), Optional.of(content), () -> false);
    assertThat(store.commit(on, draft)).isEqualTo(Outcome.COMMITTED);
    assertThat(Drafts.look(open()).content().bytes()).isEqualTo(bytes);
  }

  @Test
  void commit_twoServersAtOnce_loseNothing_andMakeOneLine() throws Exception {
    List<EtcdStore> servers = List.of(open(), open());
    Drafts.set(servers.get(0), ONE);
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    for (EtcdStore server : servers) {
      String prefix = "of-" + servers.indexOf(server) + "-";
      Thread thread =
          new Thread(
              () -> {
                try {
                  for (int i = 0; i < 50; i++) {
                    String added = Drafts.section(prefix + i, "new");
                    Drafts.change(server, before -> before + added);
                  }
                } catch (Throwable e) {
                  failures.add(e);
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    Seen seen = Drafts.look(open());
    assertThat(seen.state().datastores()).hasSize(101);
    assertThat(seen.state().generation()).isEqualTo(new Generation(101));
    for (EtcdStore server : servers) {
      awaitSame(server, seen.state());
    }
  }

  @Test
  void commit_ofMoreThanOneTransactionTakes_isRefused_withASentence() throws Exception {
    EtcdStore store = open();
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 130; i++) {
      many.append(Drafts.section("name-" + i, "new"));
    }
    assertThatThrownBy(() -> Drafts.set(store, many.toString()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("130 datastores")
        .hasMessageContaining("in parts");
    assertThat(Drafts.look(store).state().generation()).isEqualTo(Generation.NONE);
  }

  @Test
  void removals_beyondTheMost_areForgotten_andTheFloorRises() throws Exception {
    EtcdStore store = open();
    AcceptedState state = Drafts.set(store, ONE);
    for (int i = 0; i < 6; i++) {
      Drafts.change(store, before -> before + OTHER.replace("other", "gone" + before.length()));
      state = Drafts.set(store, ONE + "#".repeat(i) + "\n");
    }
    assertThat(state.removed()).hasSizeLessThanOrEqualTo(3);
    assertThat(state.floor().isAfter(Generation.NONE)).isTrue();
    assertThat(etcd.keys(KEYS.removals())).hasSize(state.removed().size());
    assertThat(Drafts.look(open()).state()).isEqualTo(state);
  }

  @Test
  void edit_byHand_isSeen_andIsOneGenerationOfTwoServers() throws Exception {
    EtcdStore first = open();
    EtcdStore second = open();
    AcceptedState before = Drafts.set(first, ONE + OTHER);
    awaitSame(second, before);
    // As etcdctl put "$(cat FILE)": without the last line feed, and without what was accepted.
    etcd.put(KEYS.datastore(MAIN), TWO.strip().getBytes(UTF_8));
    await().until(() -> !Drafts.look(first).fits() && !Drafts.look(second).fits());
    Seen edit = Drafts.look(first);
    assertThat(edit.state()).isEqualTo(before);
    assertThat(edit.state().text().bytes()).isPresent();
    Seen same = Drafts.look(second);
    Draft draft = Drafts.acceptingEdit(edit);
    assertThat(first.commit(edit, draft)).isEqualTo(Outcome.COMMITTED);
    assertThat(second.commit(same, Drafts.acceptingEdit(same))).isEqualTo(Outcome.OVERTAKEN);
    awaitSame(second, draft.state());
    assertThat(draft.state().generation()).isEqualTo(before.generation().next());
    assertThat(draft.state().datastores().get(DatastoreName.of("other")).generation())
        .isEqualTo(before.generation());
    assertThat(Drafts.text(Drafts.look(open())))
        .contains("comment two")
        .contains("datastore: other");
  }

  @Test
  void edit_ofAnotherSection_doesNotHoldUpACommit_andIsNotLost() throws Exception {
    EtcdStore store = open();
    Drafts.set(store, ONE + OTHER);
    Seen on = Drafts.look(store);
    etcd.lose(revision -> true);
    etcd.put(
        KEYS.datastore(DatastoreName.of("other")),
        Drafts.section("other", "edited").getBytes(UTF_8));
    assertThat(store.commit(on, Drafts.replacing(on, TWO + OTHER))).isEqualTo(Outcome.COMMITTED);
    Seen seen = store.look(store.initial(), Look.INSIDE);
    assertThat(seen.fits()).isFalse();
    assertThat(Drafts.text(seen)).contains("comment two").contains("comment edited");
  }

  @Test
  void commit_sectionEditedSince_isOvertaken_andTheEditIsKept() throws Exception {
    EtcdStore store = open();
    Drafts.set(store, ONE + OTHER);
    Seen on = Drafts.look(store);
    etcd.lose(revision -> true);
    byte[] edit = Drafts.section("main", "edited").getBytes(UTF_8);
    etcd.put(KEYS.datastore(MAIN), edit);
    assertThat(store.commit(on, Drafts.replacing(on, TWO + OTHER))).isEqualTo(Outcome.OVERTAKEN);
    assertThat(etcd.get(KEYS.datastore(MAIN)).orElseThrow()).isEqualTo(edit);
    assertThat(Drafts.look(store).fits()).as("the reason is known").isFalse();
  }

  @Test
  void commit_sectionPutAgainAsItWas_isOvertakenOnce() throws Exception {
    EtcdStore store = open();
    Drafts.set(store, ONE);
    Seen on = Drafts.look(store);
    etcd.lose(revision -> true);
    etcd.put(KEYS.datastore(MAIN), etcd.get(KEYS.datastore(MAIN)).orElseThrow());
    assertThat(store.commit(on, Drafts.replacing(on, TWO))).isEqualTo(Outcome.OVERTAKEN);
    Seen again = Drafts.look(store);
    assertThat(again.fits()).isTrue();
    assertThat(store.commit(again, Drafts.replacing(again, TWO))).isEqualTo(Outcome.COMMITTED);
  }

  @Test
  void edit_whileNobodyFollows_isFoundAtTheNextStart_withWhatWasAccepted() throws Exception {
    EtcdStore store = open();
    AcceptedState before = Drafts.set(store, ONE + OTHER);
    store.close();
    etcd.put(KEYS.datastore(MAIN), "datastore: main\n\tbroken\n".getBytes(UTF_8));
    Seen seen = Drafts.look(open());
    assertThat(seen.fits()).isFalse();
    assertThat(seen.state()).isEqualTo(before);
    assertThat(seen.state().text().bytes())
        .hasValueSatisfying(text -> assertThat(text).asString(UTF_8).isEqualTo(ONE + OTHER));
  }

  @Test
  void edit_compactedSince_isFoundAllTheSame() throws Exception {
    EtcdStore store = open();
    AcceptedState before = Drafts.set(store, ONE + OTHER);
    store.close();
    // The text is as it was, but what was accepted is gone, and cannot be read at an old revision.
    etcd.put(KEYS.datastore(MAIN), ONE.getBytes(UTF_8));
    etcd.compact();
    EtcdStore next = open();
    Seen seen = Drafts.look(next);
    assertThat(seen.fits()).isFalse();
    assertThat(next.commit(seen, Drafts.acceptingEdit(seen))).isEqualTo(Outcome.COMMITTED);
    assertThat(Drafts.look(open()).state().datastores()).containsKey(MAIN);
    assertThat(Drafts.look(next).state().generation()).isEqualTo(before.generation().next());
  }

  @Test
  void edit_deletedByHand_isARemoval() throws Exception {
    EtcdStore store = open();
    EtcdStore follower = open();
    Drafts.set(store, ONE + OTHER);
    etcd.delete(KEYS.datastore(DatastoreName.of("other")));
    await().until(() -> !Drafts.look(store).fits());
    Seen seen = Drafts.look(store);
    assertThat(seen.contentLost()).isEmpty();
    Draft draft = Drafts.acceptingEdit(seen);
    assertThat(store.commit(seen, draft)).isEqualTo(Outcome.COMMITTED);
    assertThat(draft.state().removed()).containsKey(DatastoreName.of("other"));
    assertThat(Drafts.look(store).state()).isEqualTo(draft.state());
    awaitSame(follower, draft.state());
    assertThat(Drafts.look(open()).state()).isEqualTo(draft.state());
  }

  /** Then no key says that they were removed. */
  @Test
  void edit_moreDeletedByHandThanIsRemembered_areRemovals() throws Exception {
    EtcdStore store = open();
    EtcdStore follower = open();
    AcceptedState before = Drafts.set(store, ONE + sections(10, 15, "old"));
    awaitSame(follower, before);
    List<Change> deletions = new ArrayList<>();
    for (int i = 10; i < 15; i++) {
      deletions.add(new Change(KEYS.datastore(DatastoreName.of("name-" + i)), Optional.empty()));
    }
    etcd.change(deletions);
    await().until(() -> !Drafts.look(store).fits());
    Seen seen = Drafts.look(store);
    Draft draft = Drafts.acceptingEdit(seen);
    assertThat(store.commit(seen, draft)).isEqualTo(Outcome.COMMITTED);
    assertThat(draft.state().removed()).isEmpty();
    assertThat(Drafts.look(store).state()).isEqualTo(draft.state());
    awaitSame(follower, draft.state());
    assertThat(Drafts.look(open()).state()).isEqualTo(draft.state());
  }

  @Test
  void watch_losesACommit_isReadAnewAtTheNextOne() throws Exception {
    EtcdStore writer = open();
    EtcdStore follower = open();
    awaitSame(follower, Drafts.set(writer, ONE));
    long lost = etcd.revision() + 1;
    etcd.lose(revision -> revision == lost);
    Drafts.set(writer, ONE + OTHER);
    AcceptedState state = Drafts.set(writer, TWO + OTHER);
    awaitSame(follower, state);
    assertThat(follower.reloads()).isEqualTo(1);
    awaitSame(follower, Drafts.set(writer, TWO));
    assertThat(follower.reloads()).isEqualTo(1);
  }

  @Test
  void watch_compacted_isReadAnewOnce() throws Exception {
    EtcdStore writer = open();
    EtcdStore follower = open();
    awaitSame(follower, Drafts.set(writer, ONE));
    etcd.lose(revision -> true);
    AcceptedState state = Drafts.set(writer, TWO);
    etcd.compact();
    etcd.lose(revision -> false);
    etcd.endWatches(Kind.COMPACTED);
    awaitSame(follower, state);
    await().until(() -> etcd.watches() == 2);
    awaitSame(follower, Drafts.set(writer, TWO + OTHER));
    assertThat(follower.reloads()).isEqualTo(1);
  }

  @Test
  void watch_frozen_isFoundByALookInside() throws Exception {
    EtcdStore writer = open();
    EtcdStore follower = open();
    awaitSame(follower, Drafts.set(writer, ONE));
    etcd.lose(revision -> true);
    AcceptedState state = Drafts.set(writer, TWO);
    assertThat(Drafts.look(follower).state()).isNotEqualTo(state);
    assertThat(follower.look(follower.initial(), Look.INSIDE).state()).isEqualTo(state);
    etcd.lose(revision -> false);
    awaitSame(follower, Drafts.set(writer, ONE));
    assertThat(follower.reloads()).isEqualTo(1);
  }

  private static void assertFork(EtcdStore store) {
    assertThatThrownBy(() -> store.look(store.initial(), Look.INSIDE))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("fork");
    assertThatThrownBy(() -> Drafts.look(store)).hasMessageContaining("fork");
    assertThatThrownBy(() -> store.requireWritable()).hasMessageContaining("fork");
  }

  @Test
  void etcd_setBack_isAFork() throws Exception {
    EtcdStore store = open();
    Drafts.set(store, ONE);
    long backup = etcd.revision();
    Drafts.set(store, TWO);
    etcd.restore(backup);
    assertFork(store);
  }

  @Test
  void etcd_setBackAndGoneOnAtTheSameNumber_isAFork() throws Exception {
    EtcdStore store = open();
    Drafts.set(store, ONE);
    long backup = etcd.revision();
    Drafts.set(store, TWO);
    etcd.restore(backup);
    EtcdStore fresh = open();
    AcceptedState state = Drafts.set(fresh, ONE + OTHER);
    Drafts.set(fresh, OTHER);
    assertThat(Drafts.look(store).state().generation()).isEqualTo(state.generation());
    assertFork(store);
  }

  @Test
  void etcd_wiped_isAFork_thatTheWatchFinds() throws Exception {
    EtcdStore store = open();
    Drafts.set(store, ONE);
    etcd.wipe(KEYS.prefix());
    await()
        .untilAsserted(
            () -> assertThatThrownBy(() -> Drafts.look(store)).hasMessageContaining("fork"));
    assertFork(store);
  }

  @Test
  void open_noHistory_isRefused() {
    etcd.wipe(KEYS.prefix());
    assertThatThrownBy(() -> EtcdStore.open(etcd.connect(), EtcdStores.options()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("no history");
  }

  /** Whoever moves a directory must not give it back: the history may be there. */
  @Test
  void newHistory_lastAnswerLost_andEtcdGoneThen_isUnknown() {
    etcd.wipe(KEYS.prefix());
    var gone = new AtomicBoolean();
    KeyValues connection =
        new ForwardingKeyValues(etcd.connect()) {
          @Override
          public Answer commit(List<Condition> when, List<Change> then) throws KeyValuesException {
            Answer answer = super.commit(when, then);
            if (then.stream().anyMatch(change -> change.key().equals(KEYS.head()))) {
              gone.set(true);
              throw new KeyValuesException(Kind.OUTCOME_UNKNOWN, "no answer");
            }
            return answer;
          }

          @Override
          public Page range(KeyRange range, long revision, int limit) throws KeyValuesException {
            if (gone.get()) {
              throw new KeyValuesException(Kind.UNREACHABLE, "gone away");
            }
            return super.range(range, revision, limit);
          }
        };
    assertThatThrownBy(
            () ->
                new NewHistory(connection, KEYS, new Random())
                    .write(
                        AcceptedState.empty(EtcdStores.INCARNATION, Optional.empty()),
                        Drafts.content(ONE)))
        .isInstanceOf(StoreException.class)
        .extracting(e -> ((StoreException) e).reason())
        .isEqualTo(StoreException.Reason.OUTCOME_UNKNOWN);
  }

  @Test
  void newHistory_ofManySections_isReadInPages_andNotWrittenTwice() throws Exception {
    etcd.wipe(KEYS.prefix());
    StringBuilder many = new StringBuilder("# head\n");
    for (int i = 0; i < 300; i++) {
      many.append(Drafts.section("name-" + i, "new"));
    }
    ConfigContent content = Drafts.content(many.toString());
    AcceptedState state =
        Drafts.accepting(AcceptedState.empty(EtcdStores.INCARNATION, Optional.empty()), content);
    NewHistory history = new NewHistory(etcd.connect(), KEYS, new Random());
    history.write(state, content);
    Seen seen = Drafts.look(open());
    assertThat(seen.state()).isEqualTo(state);
    assertThat(seen.fits()).isTrue();
    assertThatThrownBy(() -> history.write(state, content)).hasMessageContaining("already");
  }

  private void touchHead() {
    etcd.put(
        KEYS.head(),
        etcd.get(KEYS.head()).map(HeadText::read).orElseThrow().again(headAt()).write());
  }

  private long headAt() {
    try {
      return etcd.connect().range(KeyRange.of(KEYS.head()), 0, 1).entries().get(0).modified();
    } catch (KeyValuesException e) {
      throw new AssertionError(e);
    }
  }

  private void assertEdited(AcceptedState accepted, String text) throws Exception {
    Seen seen = Drafts.look(open());
    assertThat(seen.fits()).isFalse();
    assertThat(seen.state()).isEqualTo(accepted);
    assertThat(seen.state().text().bytes())
        .hasValueSatisfying(bytes -> assertThat(bytes).asString(UTF_8).isEqualTo(text));
  }

  @Test
  void edit_thenTheHeadIsWrittenAgain_isFoundAtTheNextStart() throws Exception {
    EtcdStore store = open();
    AcceptedState before = Drafts.set(store, ONE + OTHER);
    store.close();
    etcd.put(KEYS.datastore(MAIN), TWO.getBytes(UTF_8));
    touchHead();
    touchHead();
    assertEdited(before, ONE + OTHER);
    etcd.delete(KEYS.datastore(DatastoreName.of("other")));
    touchHead();
    assertEdited(before, ONE + OTHER);
  }

  @Test
  void edit_thatTheLastCommitHadNotSeen_isFoundAtTheNextStart() throws Exception {
    EtcdStore store = open();
    Drafts.set(store, ONE + OTHER);
    Seen on = Drafts.look(store);
    etcd.lose(revision -> true);
    etcd.put(
        KEYS.datastore(DatastoreName.of("other")),
        Drafts.section("other", "edited").getBytes(UTF_8));
    Draft draft = Drafts.replacing(on, TWO + OTHER);
    assertThat(store.commit(on, draft)).isEqualTo(Outcome.COMMITTED);
    store.close();
    assertEdited(draft.state(), TWO + OTHER);
    touchHead();
    assertEdited(draft.state(), TWO + OTHER);
  }

  @Test
  void edit_deletedBeforeTheLastCommit_whichHadNotSeenIt_isFoundAtTheNextStart() throws Exception {
    EtcdStore store = open();
    Drafts.set(store, ONE + OTHER);
    Seen on = Drafts.look(store);
    etcd.lose(revision -> true);
    etcd.delete(KEYS.datastore(DatastoreName.of("other")));
    Draft draft = Drafts.replacing(on, TWO + OTHER);
    assertThat(store.commit(on, draft)).isEqualTo(Outcome.COMMITTED);
    store.close();
    assertEdited(draft.state(), TWO + OTHER);
  }

  @Test
  void edit_deletedAndPutAgain_isFoundAtTheNextStart() throws Exception {
    EtcdStore store = open();
    AcceptedState before = Drafts.set(store, ONE + OTHER);
    store.close();
    etcd.delete(KEYS.datastore(MAIN));
    etcd.put(KEYS.datastore(MAIN), TWO.getBytes(UTF_8));
    etcd.put(KEYS.datastore(MAIN), Drafts.section("main", "three").getBytes(UTF_8));
    assertEdited(before, ONE + OTHER);
  }

  @Test
  void commits_beforeTheWatchReportsThem_areNoEdits() throws Exception {
    EtcdStore store = open();
    Drafts.set(store, ONE);
    etcd.lose(revision -> true);
    Drafts.set(store, ONE + OTHER);
    etcd.put("/elsewhere", new byte[0]);
    Drafts.set(store, TWO + OTHER);
    etcd.put("/elsewhere", new byte[0]);
    AcceptedState state = Drafts.set(store, "# comment\n" + TWO + OTHER);
    Seen seen = Drafts.look(open());
    assertThat(seen.fits()).isTrue();
    assertThat(seen.state()).isEqualTo(state);
  }

  private static String sections(int from, int to, String comment) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.append(Drafts.section("name-" + i, comment));
    }
    return text.toString();
  }

  private void begin(String config) throws StoreException {
    etcd.wipe(KEYS.prefix());
    ConfigContent content = Drafts.content(config);
    new NewHistory(etcd.connect(), KEYS, new Random())
        .write(
            Drafts.accepting(
                AcceptedState.empty(EtcdStores.INCARNATION, Optional.empty()), content),
            content);
  }

  /** Accepts what was edited, as the engine does. */
  private static int acceptEdits(EtcdStore store, int most) throws StoreException {
    int commits = 0;
    for (Seen seen = Drafts.look(store); !seen.fits() && commits < most; commits++) {
      assertThat(store.commit(seen, Drafts.acceptingPart(seen))).isEqualTo(Outcome.COMMITTED);
      seen = Drafts.look(store);
    }
    return commits;
  }

  @Test
  void edit_ofMoreKeysThanACommitTakes_isAcceptedInParts() throws Exception {
    begin(sections(100, 400, "old"));
    EtcdStore store = open();
    AcceptedState before = Drafts.look(store).state();
    String wanted = sections(200, 450, "new");
    stores.edit(wanted);
    await()
        .until(
            () ->
                Drafts.look(store).content().bytes().length
                    != before.text().bytes().orElseThrow().length);
    assertThat(store.look(before, Look.INSIDE).fits()).isFalse();
    assertThat(acceptEdits(store, 2)).isEqualTo(2);
    AcceptedState half = Drafts.look(store).state();
    assertThat(half.generation().value()).isEqualTo(before.generation().value() + 2);
    store.close();
    EtcdStore next = open();
    Seen seen = Drafts.look(next);
    assertThat(seen.state()).as("what was accepted until now").isEqualTo(half);
    assertThat(seen.state().text().bytes()).isPresent();
    assertThat(acceptEdits(next, 100)).isEqualTo(4);
    assertThat(Drafts.text(Drafts.look(next))).isEqualTo(wanted);
    assertThat(Drafts.look(open()).state()).isEqualTo(Drafts.look(next).state());
  }

  @Test
  void edit_ofManyKeys_isReadAtOnce() throws Exception {
    begin(sections(100, 400, "old"));
    String old = Drafts.text(Drafts.look(open()));
    for (int i = 100; i < 400; i++) {
      etcd.put(
          KEYS.datastore(DatastoreName.of("name-" + i)),
          Drafts.section("name-" + i, "new").getBytes(UTF_8));
      etcd.put("/elsewhere", new byte[0]);
    }
    touchHead();
    AtomicInteger reads = new AtomicInteger();
    KeyValues counting =
        new ForwardingKeyValues(etcd.connect()) {
          @Override
          public Page range(KeyRange range, long revision, int limit) throws KeyValuesException {
            reads.incrementAndGet();
            return super.range(range, revision, limit);
          }
        };
    View view =
        new ViewLoader(counting, KEYS, 1_000)
            .load(null, why -> new StoreException(StoreException.Reason.OTHER, why));
    assertThat(view.state().text().bytes().orElseThrow()).asString(UTF_8).isEqualTo(old);
    assertThat(reads).hasValueLessThan(20);
  }

  @Test
  void edit_thatDeletesAll_isNotAcceptedInParts() throws Exception {
    begin(sections(100, 400, "old"));
    EtcdStore store = open();
    stores.remove();
    await().until(() -> Drafts.look(store).contentLost().isPresent());
    assertThat(Drafts.look(store).content().exists()).isFalse();
  }

  @Test
  void probe_writesNothing() throws Exception {
    EtcdStore store = open();
    AcceptedState state = Drafts.set(store, ONE);
    long revision = etcd.revision();
    store.probe(state);
    assertThat(etcd.revision()).isEqualTo(revision);
  }

  @Test
  void load_pageThatIsTooLarge_isReadInSmallerOnes() throws Exception {
    begin(sections(100, 200, "old"));
    etcd.answerAtMost(2_000);
    ViewLoader loader = new ViewLoader(etcd.connect(), KEYS, 5_000);
    View view = loader.load(null, why -> new StoreException(StoreException.Reason.OTHER, why));
    assertThat(view.sections()).hasSize(100);
    etcd.answerAtMost(200);
    etcd.put(KEYS.datastore(MAIN), new byte[201]);
    etcd.put(KEYS.head(), etcd.get(KEYS.head()).orElseThrow());
    assertThatThrownBy(
            () ->
                new RangeReader(etcd.connect(), 100)
                    .all(KeyRange.prefix(KEYS.datastores()), etcd.revision()))
        .hasMessageContaining("larger than one answer");
  }

  @Test
  void newHistory_afterOneThatWasHalfWritten_hasNothingOfIt() throws Exception {
    etcd.wipe(KEYS.prefix());
    KeyValues dying =
        new ForwardingKeyValues(etcd.connect()) {
          @Override
          public Answer commit(List<Condition> when, List<Change> then) throws KeyValuesException {
            if (then.stream().anyMatch(change -> change.key().equals(KEYS.head()))) {
              throw new KeyValuesException(Kind.UNREACHABLE, "no member answers");
            }
            return super.commit(when, then);
          }
        };
    ConfigContent first = Drafts.content("# first\n" + sections(100, 300, "old"));
    AcceptedState empty = AcceptedState.empty(EtcdStores.INCARNATION, Optional.empty());
    assertThatThrownBy(
            () ->
                new NewHistory(dying, KEYS, new Random())
                    .write(Drafts.accepting(empty, first), first))
        .hasMessageContaining("no member answers");
    assertThat(etcd.keys(KEYS.datastores())).hasSize(200);
    begin(ONE, empty);
    Seen seen = Drafts.look(open());
    assertThat(Drafts.text(seen)).isEqualTo(ONE);
    assertThat(seen.fits()).isTrue();
    assertThat(etcd.keys(KEYS.prefix()))
        .containsExactly(KEYS.datastore(MAIN), KEYS.head(), KEYS.preamble(), KEYS.schema());
  }

  private void begin(String config, AcceptedState on) throws StoreException {
    ConfigContent content = Drafts.content(config);
    new NewHistory(etcd.connect(), KEYS, new Random())
        .write(Drafts.accepting(on, content), content);
  }

  @Test
  void newHistory_whileAnotherIsWritten_leavesItToTheLaterOne() throws Exception {
    etcd.wipe(KEYS.prefix());
    AcceptedState empty = AcceptedState.empty(EtcdStores.INCARNATION, Optional.empty());
    KeyValues overtaken =
        new ForwardingKeyValues(etcd.connect()) {
          private int transactions;

          @Override
          public Answer commit(List<Condition> when, List<Change> then) throws KeyValuesException {
            if (transactions++ == 2) {
              etcd.put(KEYS.draft(), new byte[] {'x'});
            }
            return super.commit(when, then);
          }
        };
    ConfigContent content = Drafts.content(ONE);
    assertThatThrownBy(
            () ->
                new NewHistory(overtaken, KEYS, new Random())
                    .write(Drafts.accepting(empty, content), content))
        .hasMessageContaining("at the same time");
    assertThat(etcd.get(KEYS.head())).isEmpty();
  }

  @Test
  void schema_ofALaterVersion_isRefused_withASentence() throws Exception {
    EtcdStore store = open();
    AcceptedState state = Drafts.set(store, ONE);
    etcd.put(KEYS.schema(), "datastored-etcd 2 1 2\n".getBytes(UTF_8));
    EtcdStore reader = open();
    assertThat(Drafts.look(reader).fits()).isTrue();
    for (EtcdStore old : List.of(store, reader)) {
      await()
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> old.requireWritable())
                      .hasMessageContaining("cannot write"));
      assertThatThrownBy(() -> old.probe(state)).hasMessageContaining("cannot write");
      Seen on = Drafts.look(old);
      assertThatThrownBy(() -> old.commit(on, Drafts.replacing(on, TWO)))
          .hasMessageContaining("install a later version");
    }
    etcd.put(KEYS.schema(), "datastored-etcd 3 2 2 and more\n".getBytes(UTF_8));
    assertThatThrownBy(() -> EtcdStore.open(etcd.connect(), EtcdStores.options()))
        .hasMessageContaining("cannot read")
        .hasMessageContaining("install a later version");
    etcd.put(KEYS.schema(), "something".getBytes(UTF_8));
    assertThatThrownBy(() -> EtcdStore.open(etcd.connect(), EtcdStores.options()))
        .hasMessageContaining("etcdctl put");
  }

  /** Before this server hears of it: a commit compares the schema. */
  @Test
  void schema_changedBeforeACommit_overtakesIt() throws Exception {
    EtcdStore store = open();
    Drafts.set(store, ONE);
    Seen on = Drafts.look(store);
    etcd.lose(revision -> true);
    etcd.put(KEYS.schema(), "datastored-etcd 2 1 2\n".getBytes(UTF_8));
    assertThat(store.commit(on, Drafts.replacing(on, TWO))).isEqualTo(Outcome.OVERTAKEN);
    assertThatThrownBy(() -> store.commit(on, Drafts.replacing(on, TWO)))
        .hasMessageContaining("cannot write");
  }

  @Test
  void reports_thatWait_areOneView() throws Exception {
    EtcdStore writer = open();
    EtcdStore follower = open();
    AtomicInteger calls = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    Store.Watch watch =
        follower.watch(
            () -> {
              calls.incrementAndGet();
              Uninterruptibles.awaitUninterruptibly(go);
            });
    try {
      Drafts.set(writer, ONE);
      await().until(() -> calls.get() == 1);
      AcceptedState state = null;
      for (int i = 0; i < 50; i++) {
        state = Drafts.set(writer, Drafts.section("main", "comment " + i));
      }
      go.countDown();
      awaitSame(follower, state);
      assertThat(calls).hasValueLessThanOrEqualTo(2);
      assertThat(follower.reloads()).isZero();
    } finally {
      go.countDown();
      watch.close();
    }
  }

  @Test
  void watch_callbackThatFails_doesNotKeepOthersFromBeingCalled() throws Exception {
    EtcdStore store = open();
    AtomicInteger calls = new AtomicInteger();
    store.watch(
        () -> {
          throw new AssertionError("a bug");
        });
    store.watch(calls::incrementAndGet);
    AcceptedState state = Drafts.set(store, ONE);
    assertThat(calls).hasPositiveValue();
    Drafts.set(open(), TWO);
    await().until(() -> !Drafts.look(store).state().equals(state));
    await().until(() -> calls.get() >= 2);
  }

  @Test
  void close_doesNotWaitForARead() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicBoolean hang = new AtomicBoolean();
    EtcdStore store =
        stores.open(
            new ForwardingKeyValues(etcd.connect()) {
              @Override
              public Page range(KeyRange range, long revision, int limit)
                  throws KeyValuesException {
                if (hang.get()) {
                  reading.countDown();
                  Uninterruptibles.awaitUninterruptibly(go);
                }
                return super.range(range, revision, limit);
              }
            });
    hang.set(true);
    Thread reader =
        new Thread(() -> assertThatThrownBy(() -> store.look(store.initial(), Look.INSIDE)));
    reader.start();
    reading.await();
    try {
      assertTimeoutPreemptively(Duration.ofSeconds(30), store::close);
    } finally {
      go.countDown();
      reader.join();
    }
    await().untilAsserted(() -> assertThat(etcd.watches()).isZero());
  }

  @Test
  void etcd_oneReadFromThePast_isNoFork() throws Exception {
    AtomicInteger stale = new AtomicInteger();
    EtcdStore store =
        stores.open(
            new ForwardingKeyValues(etcd.connect()) {
              @Override
              public Page range(KeyRange range, long revision, int limit)
                  throws KeyValuesException {
                Page page = super.range(range, revision, limit);
                return revision == 0 && stale.getAndDecrement() > 0
                    ? new Page(1, page.entries(), page.rest())
                    : page;
              }
            });
    opened.add(store);
    AcceptedState state = Drafts.set(store, ONE);
    stale.set(1);
    assertThat(store.look(state, Look.INSIDE).state()).isEqualTo(state);
    stale.set(2);
    assertFork(store);
  }
}
