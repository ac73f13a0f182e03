package io.datastored.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.Iterators;
import io.datastored.access.Subject;
import io.datastored.config.DatastoreName;
import io.datastored.engine.snapshot.Change;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a watcher gets by its rights, and what it gets when they change. */
final class WatcherRightsTest {
  private static final FrameEncoder NO_BYTES = frame -> Iterators.singletonIterator(new byte[0]);

  private static final String SEES_ALL = "allow cn:bob reader *";
  private static final String SEES_OPEN = "allow cn:bob reader open*";
  private static final String USES_ALL = "allow cn:bob user *";
  private static final String OPERATES_ALL = "allow cn:bob operator *";
  private static final String SEES_NOTHING = "allow cn:ann reader *";

  private final World world = World.of("open-a", "open-b", "secret-a");
  private final ManualExecutor executor = new ManualExecutor();
  private final TestRules rules = TestRules.of(SEES_OPEN, "allow cn:root admin *");
  private final List<String> signals = new ArrayList<>();
  private final WatchFeed feed = feed();

  @Test
  void next_nothingKnown_isWhatMayBeSeen() {
    Frame.Snapshot frame = (Frame.Snapshot) handOver(watch(Selection.everything()));
    assertThat(names(frame.datastores())).containsExactly("open-a", "open-b");
    assertThat(frame.scope().isFiltered()).isTrue();
  }

  @Test
  void next_hiddenNamesSelected_isAsIfTheyWereMissing() {
    Frame hidden = handOver(watch(select("secret-a", "secret-*")));
    Frame missing = handOver(watch(select("absent-a", "absent-*")));
    assertThat(hidden).usingRecursiveComparison().ignoringFields("scope").isEqualTo(missing);
    assertThat(hidden.scope().isPermitted()).isTrue();
  }

  @Test
  void publication_ofHiddenDatastores_isNoSignalNoFrameAndNoCount() {
    Watcher watcher = started(Selection.everything(), View.BASIC);
    world.touch("secret-a");
    world.touch("secret-b");
    world.remove("secret-b");
    executor.run();
    assertThat(signals).isEmpty();
    assertThat(watcher.isBehind()).isFalse();
    assertThat(watcher.next()).isEmpty();

    world.commitTouch("secret-a");
    world.commitTouch("open-a", "secret-b");
    world.commitRemove("secret-b");
    world.publish();
    Frame.Change frame = change(watcher);

    assertThat(names(frame.changed())).containsExactly("open-a");
    assertThat(frame.removed()).isEmpty();
    assertThat(frame.generations()).as("not those of hidden datastores").isEqualTo(1);
  }

  @Test
  void next_resumed_namesAndCountsOnlyWhatMayBeSeen() {
    Revision known = world.revision();
    world.touch("secret-a");
    world.remove("secret-a", "open-b");
    world.touch("open-a");
    Frame.Change frame = change(watch(Selection.everything(), View.BASIC, Optional.of(known)));
    assertThat(names(frame.changed())).containsExactly("open-a");
    assertThat(frame.removed()).containsExactly(new DatastoreName("open-b"));
    assertThat(frame.generations()).isEqualTo(2);
  }

  @Test
  void next_sameRights_isOneSharedFrame_andWithOthersIsNot() {
    List<Watcher> equal =
        List.of(
            started(rules.client("bob"), Selection.everything(), View.BASIC),
            started(rules.client("bob"), Selection.everything(), View.BASIC));
    Watcher other = started(rules.client("root"), Selection.everything(), View.BASIC);
    world.touch("open-a");
    assertThat(equal.get(0).next().orElseThrow()).isSameAs(equal.get(1).next().orElseThrow());
    assertThat(other.next().orElseThrow()).isNotSameAs(equal.get(0).next().orElseThrow());
  }

  @Test
  void rules_hideDatastores_removesThemInOneChangeWithoutGenerations() {
    use(SEES_ALL);
    Watcher watcher = started(Selection.everything(), View.BASIC);
    Revision at = world.revision();

    use(SEES_OPEN);
    Frame.Change frame = change(watcher);

    assertThat(signals).isNotEmpty();
    assertThat(frame.changed()).isEmpty();
    assertThat(frame.removed()).containsExactly(new DatastoreName("secret-a"));
    assertThat(frame.generations()).isZero();
    assertThat(frame.revision()).isEqualTo(at);
    assertThat(watcher.next()).isEmpty();
  }

  @Test
  void rules_showDatastores_sendsThemInOneChangeWithoutGenerations() {
    Watcher watcher = started(Selection.everything(), View.BASIC);
    world.touch("secret-a"); // hidden: not one of the watcher's generations

    use(SEES_ALL);
    Frame.Change frame = change(watcher);

    assertThat(names(frame.changed())).containsExactly("secret-a");
    assertThat(frame.removed()).isEmpty();
    assertThat(frame.generations()).isZero();
    assertThat(frame.scope().isFiltered()).isFalse();
    world.touch("secret-a");
    assertThat(change(watcher).generations()).isEqualTo(1);
  }

  @Test
  void rules_giveAndTakeSettings_sendsTheSameDatastoresWithMoreAndWithLess() {
    use(USES_ALL);
    Watcher watcher = started(Selection.everything(), View.FULL);
    use("allow cn:bob user open-a", SEES_ALL);
    Frame.Change less = change(watcher);
    assertThat(names(less.changed())).containsExactly("open-b", "secret-a");
    assertThat(less.scope().showsSettings(new DatastoreName("open-a"))).isTrue();
    assertThat(less.scope().showsSettings(new DatastoreName("open-b"))).isFalse();

    use(USES_ALL);
    assertThat(names(change(watcher).changed())).containsExactly("open-b", "secret-a");
  }

  @Test
  void rules_giveHolders_sendsDatastoresWhoseModeSomebodySet() {
    world.commitOffline("uid:7", "open-b");
    world.publish();
    Watcher watcher = started(Selection.everything(), View.BASIC);
    use(OPERATES_ALL);
    assertThat(names(change(watcher).changed())).containsExactly("open-b", "secret-a");
  }

  @Test
  void rules_changeNothingForTheWatcher_sendsNothing() {
    Watcher watcher = started(Selection.everything(), View.BASIC);
    use(SEES_OPEN, "allow cn:ann admin *");
    executor.run();
    assertThat(signals).isEmpty();
    assertThat(watcher.next()).isEmpty();
  }

  @Test
  void rules_changeWhileTheWatcherIsBehind_isOneChangeThatCountsEachGenerationOnce() {
    Watcher watcher = started(Selection.everything(), View.BASIC);
    world.touch("open-a");
    world.touch("secret-a"); // hidden
    use("allow cn:bob reader secret*,open-a");
    world.touch("secret-a");
    world.touch("open-b"); // hidden
    world.remove("open-a");

    Frame.Change frame = change(watcher);

    assertThat(names(frame.changed())).containsExactly("secret-a");
    assertThat(frame.removed())
        .containsExactly(new DatastoreName("open-a"), new DatastoreName("open-b"));
    assertThat(frame.generations()).as("open-a, secret-a, open-a").isEqualTo(3);
  }

  @Test
  void rules_hideBeforeADatastoreIsCreated_itsNameIsNeverSent() {
    use(SEES_ALL);
    Watcher watcher = started(Selection.everything(), View.BASIC);
    use(SEES_OPEN);
    world.touch("secret-b");

    Frame.Change frame = change(watcher);

    assertThat(frame.removed()).containsExactly(new DatastoreName("secret-a"));
    assertThat(watcher.next()).isEmpty();
  }

  /** The publication comes between the moment when rules are in force and their listener. */
  @Test
  void publication_beforeTheListenerOfNewRules_isByTheNewRules() {
    use(SEES_ALL);
    Watcher watcher = started(Selection.everything(), View.BASIC);
    beforeTheListener = () -> world.touch("secret-b");

    use(SEES_OPEN);

    Frame.Change frame = change(watcher);
    assertThat(frame.changed()).isEmpty();
    assertThat(frame.removed()).containsExactly(new DatastoreName("secret-a"));
    assertThat(watcher.next()).isEmpty();
  }

  /**
   * A client that was answered by a lookup before the rules changed holds no later revision than
   * that of the frame which removes the datastore.
   */
  @Test
  void rules_changeBeforeAPublicationIsTold_frameReachesIt() {
    use(SEES_ALL);
    Watcher watcher = started(Selection.everything(), View.BASIC);
    world.commitTouch("secret-a");
    Change late = world.swap();
    Revision answered = world.revision();

    use(SEES_OPEN);

    assertThat(change(watcher).revision()).isEqualTo(answered);
    feed.onChange(late);
    assertThat(watcher.next()).isEmpty();
  }

  /** When the rules change, relative to a watcher's look at the head. */
  private enum Moment {
    BEFORE_THE_HEAD_IS_READ,
    AFTER_THE_HEAD_IS_READ
  }

  @ParameterizedTest
  @EnumSource(Moment.class)
  void next_rulesAndAPublicationComeWhileItIsCut_showsNothingHidden(Moment moment) {
    use(SEES_ALL);
    Watcher neighbour = started(Selection.everything(), View.BASIC);
    AtomicBoolean once = new AtomicBoolean();
    Runnable both =
        () -> {
          if (once.getAndSet(false)) {
            use(SEES_OPEN);
            world.touch("secret-b", "open-b");
          }
        };
    Watcher watcher =
        new Watcher(
            () -> {
              if (moment == Moment.BEFORE_THE_HEAD_IS_READ) {
                both.run();
              }
              Head head = feed.head();
              if (moment == Moment.AFTER_THE_HEAD_IS_READ) {
                both.run();
              }
              return head;
            },
            left -> {},
            neighbour.group(),
            request(rules.client("bob"), Selection.everything(), View.BASIC, Optional.empty()),
            99,
            () -> {});
    neighbour.group().join(watcher);
    handOver(watcher);
    world.touch("open-a");
    once.set(true);

    List<Frame> frames = new ArrayList<>();
    for (int look = 0; look < 3; look++) {
      watcher
          .next()
          .ifPresent(
              due -> {
                watcher.handedOver(due);
                frames.add(due.frame());
              });
    }

    assertThat(frames.toString()).doesNotContain("secret-b");
    assertThat(frames)
        .singleElement()
        .satisfies(
            frame -> {
              Frame.Change change = (Frame.Change) frame;
              assertThat(names(change.changed())).containsExactly("open-a", "open-b");
              assertThat(change.removed()).containsExactly(new DatastoreName("secret-a"));
              assertThat(change.generations()).isEqualTo(2);
            });
    assertThat(watcher.isBehind()).isFalse();
  }

  @Test
  void handedOver_frameWasCutBeforeTheRules_theirChangeFollows() {
    use(SEES_ALL);
    Watcher watcher = started(Selection.everything(), View.BASIC);
    world.touch("secret-a");
    SharedFrame cut = watcher.next().orElseThrow();
    use(SEES_OPEN);
    assertThat(watcher.isOvertaken()).isTrue();

    watcher.handedOver(cut);

    assertThat(watcher.isBehind()).isTrue();
    Frame.Change frame = change(watcher);
    assertThat(frame.removed()).containsExactly(new DatastoreName("secret-a"));
    assertThat(frame.generations()).isZero();
  }

  @Test
  void handedOver_firstFrameWasCutBeforeTheRules_theirChangeFollows() {
    use(SEES_ALL);
    Watcher watcher = watch(Selection.everything());
    SharedFrame cut = watcher.next().orElseThrow();
    use(SEES_OPEN);
    watcher.handedOver(cut);
    assertThat(change(watcher).removed()).containsExactly(new DatastoreName("secret-a"));
  }

  @Test
  void bookmark_whileTheChangeOfRulesIsDue_isTheCursor_andTheChangeStaysDue() {
    use(SEES_ALL);
    Watcher watcher = started(Selection.everything(), View.BASIC);
    Revision delivered = world.revision();
    use(SEES_OPEN);
    world.touch("secret-a");
    SharedFrame unsent = watcher.next().orElseThrow();

    SharedFrame bookmark = watcher.bookmark();
    watcher.handedOver(bookmark);

    assertThat(unsent.frame()).isInstanceOf(Frame.Change.class);
    assertThat(bookmark.frame().revision()).isEqualTo(delivered);
    assertThat(change(watcher).removed()).containsExactly(new DatastoreName("secret-a"));
  }

  @Test
  void rules_changeTwiceBeforeAFrame_isASnapshot() {
    use(SEES_ALL);
    Watcher watcher = started(Selection.everything(), View.BASIC);
    use(SEES_OPEN);
    use(SEES_ALL);
    Frame.Snapshot frame = (Frame.Snapshot) handOver(watcher);
    assertThat(frame.reason()).isEqualTo(SnapshotReason.RIGHTS_CHANGED);
    assertThat(names(frame.datastores())).containsExactly("open-a", "open-b", "secret-a");
    assertThat(watcher.next()).isEmpty();
  }

  @Test
  void rules_allowNothing_scopeIsNotPermitted() {
    Watcher basic = started(Selection.everything(), View.BASIC);
    use(SEES_NOTHING);
    assertThat(basic.scope().isPermitted()).isFalse();
    assertThat(change(basic).removed()).hasSize(2);

    use(SEES_ALL);
    Watcher full = started(Selection.everything(), View.FULL);
    assertThat(full.scope().isPermitted()).as("settings of nothing").isFalse();
    assertThat(basic.scope().isPermitted()).isTrue();
  }

  @Test
  void next_knownFromBeforeTheRules_isASnapshotBecauseOfRights() {
    Revision known = world.revision();
    use(SEES_ALL);
    Watcher before = watch(Selection.everything(), View.BASIC, Optional.of(known));
    assertThat(((Frame.Snapshot) handOver(before)).reason())
        .isEqualTo(SnapshotReason.RIGHTS_CHANGED);

    Revision later = world.touch("open-a");
    assertThat(handOver(watch(Selection.everything(), View.BASIC, Optional.of(later))))
        .isInstanceOf(Frame.Bookmark.class);
  }

  @Test
  void next_knownOfAnotherHistoryFromBeforeTheRules_isWrongIncarnation() {
    Revision known =
        new Revision(new Incarnation("00000000000000b2"), world.revision().generation());
    use(SEES_ALL);
    Watcher watcher = watch(Selection.everything(), View.BASIC, Optional.of(known));
    assertThat(((Frame.Snapshot) handOver(watcher)).reason())
        .isEqualTo(SnapshotReason.WRONG_INCARNATION);
  }

  @Test
  void next_knownBySentFramesLaterThanTheRulesRevision_isASnapshotBecauseOfRights() {
    Revision early = world.revision();
    Revision sent = world.touch("open-a"); // sent by the old rules
    rules.use(early, SEES_ALL);
    Watcher watcher = watch(Selection.everything(), View.BASIC, Optional.of(sent));
    assertThat(((Frame.Snapshot) handOver(watcher)).reason())
        .isEqualTo(SnapshotReason.RIGHTS_CHANGED);
  }

  @Test
  void next_rulesOfAnEarlierRun_knownFromBeforeThem_isASnapshotBecauseOfRights() {
    Revision known = world.revision();
    rules.use(known, SEES_ALL);
    WatchFeed restarted =
        new WatchFeed(
            world::snapshot, NO_BYTES, executor, new WatchLimits(100, 1000), rules.access);
    Watcher watcher =
        restarted
            .open(
                request(
                    rules.client("bob"), Selection.everything(), View.BASIC, Optional.of(known)),
                0,
                () -> {})
            .orElseThrow();
    assertThat(((Frame.Snapshot) handOver(watcher)).reason())
        .isEqualTo(SnapshotReason.RIGHTS_CHANGED);
  }

  @Test
  void close_afterAMove_leavesNothingBehind() {
    Watcher watcher = started(Selection.everything(), View.BASIC);
    Watcher stays = started(Selection.everything(), View.BASIC);
    use(SEES_ALL);
    watcher.close();
    assertThat(feed.watchers()).isEqualTo(1);
    assertThat(stays.group().members()).containsExactly(stays);
  }

  /**
   * One thread hides everything secret, creates and removes a secret datastore, and shows again
   * what is left. A watcher that reads all the time must never see the datastore, and holds the
   * truth at the end.
   */
  @Test
  void drain_rulesAndPublicationsWithoutPause_neverShowsWhatIsHidden() throws Exception {
    int rounds = 3_000;
    Watcher watcher = started(Selection.everything(), View.BASIC);
    Thread writer =
        new Thread(
            () -> {
              for (int i = 0; i < rounds; i++) {
                rules.use(world.revision(), SEES_OPEN);
                world.touch("secret-b", "open-b");
                world.remove("secret-b");
                rules.use(world.revision(), SEES_ALL);
                world.touch("open-a");
              }
            });
    writer.start();
    boolean last;
    do {
      last = !writer.isAlive();
      watcher
          .next()
          .ifPresent(
              due -> {
                assertThat(due.frame().toString()).doesNotContain("secret-b");
                watcher.handedOver(due);
              });
    } while (!last || watcher.next().isPresent());
    writer.join();
    assertThat(watcher.told()).contains(world.revision());
  }

  private Runnable beforeTheListener = () -> {};

  private WatchFeed feed() {
    WatchFeed made =
        new WatchFeed(
            world::snapshot, NO_BYTES, executor, new WatchLimits(100, 1000), rules.access);
    world.addListener(made);
    rules.access.addListener(
        () -> {
          beforeTheListener.run();
          made.onRulesChanged();
        });
    return made;
  }

  private void use(String... lines) {
    rules.use(world.revision(), lines);
    executor.run();
  }

  private Watcher watch(Selection selection) {
    return watch(selection, View.BASIC, Optional.empty());
  }

  private Watcher watch(Selection selection, View view, Optional<Revision> known) {
    return open(request(rules.client("bob"), selection, view, known));
  }

  private Watcher open(WatchRequest request) {
    return feed.open(request, 0, () -> signals.add(request.selection().toString())).orElseThrow();
  }

  private static WatchRequest request(
      Subject subject, Selection selection, View view, Optional<Revision> known) {
    return new WatchRequest(subject, selection, view, known, Duration.ofSeconds(10));
  }

  /** A watcher that has been handed all there is. */
  private Watcher started(Selection selection, View view) {
    return started(rules.client("bob"), selection, view);
  }

  private Watcher started(Subject subject, Selection selection, View view) {
    Watcher watcher = open(request(subject, selection, view, Optional.empty()));
    handOver(watcher);
    executor.run();
    signals.clear();
    return watcher;
  }

  private static Frame handOver(Watcher watcher) {
    SharedFrame due = watcher.next().orElseThrow();
    watcher.handedOver(due);
    return due.frame();
  }

  private static Frame.Change change(Watcher watcher) {
    return (Frame.Change) handOver(watcher);
  }

  private static Selection select(String... patterns) {
    return Selection.of(Arrays.asList(patterns));
  }

  private static List<String> names(List<Datastore> datastores) {
    return datastores.stream().map(datastore -> datastore.name().value()).toList();
  }
}
