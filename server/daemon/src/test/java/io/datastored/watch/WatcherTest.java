package io.datastored.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.Iterators;
import io.datastored.config.DatastoreName;
import io.datastored.engine.snapshot.Change;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import io.datastored.mount.MountState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class WatcherTest {
  private static final FrameEncoder NO_BYTES = frame -> Iterators.singletonIterator(new byte[0]);

  private final World world = World.of("alpha", "beta", "gamma");
  private final TestRules rules = TestRules.open();
  private final ManualExecutor executor = new ManualExecutor();
  private WatchFeed feed = feed(1000);

  @Test
  void next_nothingKnown_isWholeSnapshot() {
    Frame.Snapshot frame = snapshot(watch(Selection.everything(), Optional.empty()));
    assertThat(frame.reason()).isEqualTo(SnapshotReason.REQUESTED);
    assertThat(frame.revision()).isEqualTo(world.revision());
    assertThat(names(frame.datastores())).containsExactly("alpha", "beta", "gamma");
  }

  @Test
  void next_selectionOfNamesAndPrefixes_isOnlyWhatIsSelected() {
    Frame.Snapshot byName = snapshot(watch(select("gamma", "alpha", "other"), Optional.empty()));
    assertThat(names(byName.datastores())).containsExactly("alpha", "gamma");
    Frame.Snapshot byPrefix = snapshot(watch(select("be*", "gamma"), Optional.empty()));
    assertThat(names(byPrefix.datastores())).containsExactly("beta", "gamma");
  }

  @Test
  void next_knownIsTheHead_isOneBookmarkWithRemovableDatastores() {
    world.commitTouch(MountState.NOT_MOUNTED, "usb-disk");
    Revision known = world.publish();
    Watcher watcher = watch(Selection.everything(), Optional.of(known));

    Frame.Bookmark frame = (Frame.Bookmark) handOver(watcher);

    assertThat(frame.revision()).isEqualTo(known);
    assertThat(names(frame.removable())).containsExactly("usb-disk");
    assertThat(watcher.next()).isEmpty();
  }

  @Test
  void next_onlyOthersChangedSinceKnown_isBookmarkOfTheHead() {
    Revision known = world.revision();
    world.touch("beta");
    Frame frame = handOver(watch(select("alpha"), Optional.of(known)));
    assertThat(frame).isInstanceOf(Frame.Bookmark.class);
    assertThat(frame.revision()).isEqualTo(world.revision());
  }

  @Test
  void next_changedSinceKnown_isOneChangeWithTheCountOfGenerations() {
    Revision known = world.revision();
    world.touch("beta");
    world.touch("beta", "alpha");
    world.remove("gamma");
    world.commitNothing();
    world.publish();

    Frame.Change frame = change(watch(Selection.everything(), Optional.of(known)));

    assertThat(names(frame.changed())).containsExactly("alpha", "beta");
    assertThat(frame.removed()).containsExactly(new DatastoreName("gamma"));
    assertThat(frame.generations()).isEqualTo(3);
    assertThat(frame.revision()).isEqualTo(world.revision());
  }

  @Test
  void next_knownBeforeForgottenRemoval_isTooOld() {
    Revision known = world.revision();
    world.commitRemove("gamma");
    world.forgetRemovals(0);
    Revision floor = world.publish();

    assertThat(snapshot(watch(Selection.everything(), Optional.of(known))).reason())
        .isEqualTo(SnapshotReason.TOO_OLD);
    assertThat(handOver(watch(Selection.everything(), Optional.of(floor))))
        .isInstanceOf(Frame.Bookmark.class);
  }

  @Test
  void next_knownOfAnotherHistory_isWrongIncarnation() {
    Revision known =
        new Revision(new Incarnation("00000000000000b2"), world.revision().generation());
    assertThat(snapshot(watch(Selection.everything(), Optional.of(known))).reason())
        .isEqualTo(SnapshotReason.WRONG_INCARNATION);
  }

  @Test
  void next_knownFromTheFuture_isAhead() {
    Revision known = new Revision(World.INCARNATION, new Generation(1000));
    assertThat(feed.isAhead(known)).isTrue();
    assertThat(snapshot(watch(Selection.everything(), Optional.of(known))).reason())
        .isEqualTo(SnapshotReason.AHEAD);
  }

  @Test
  void open_engineHasSwappedButNotTold_isNotAhead() {
    world.commitTouch("beta");
    Change late = world.swap();
    Watcher watcher = watch(Selection.everything(), Optional.of(world.revision()));
    assertThat(handOver(watcher)).isInstanceOf(Frame.Bookmark.class);

    feed.onChange(late);
    executor.run();

    assertThat(watcher.next()).isEmpty();
  }

  @Test
  void next_notHandedOver_isTheSameFrameAgain() {
    Watcher watcher = started(Selection.everything());
    world.touch("beta");
    Frame first = watcher.next().orElseThrow().frame();
    assertThat(watcher.next().orElseThrow().frame()).isEqualTo(first);
    world.touch("alpha");
    Frame.Change later = change(watcher);
    assertThat(names(later.changed())).containsExactly("alpha", "beta");
    assertThat(later.generations()).isEqualTo(2);
  }

  @Test
  void next_slowWatcher_isOneFrameForAllItMissed() {
    Watcher watcher = started(Selection.everything());
    for (int i = 0; i < 5000; i++) {
      world.touch("alpha");
      world.touch("beta");
    }
    world.remove("beta");
    Frame.Change frame = change(watcher);
    assertThat(names(frame.changed())).containsExactly("alpha");
    assertThat(frame.removed()).containsExactly(new DatastoreName("beta"));
    assertThat(frame.generations()).isEqualTo(10_001);
  }

  @Test
  void next_removedAndCreatedAgain_isChanged() {
    Watcher watcher = started(select("alp*"));
    world.remove("alpha");
    world.touch("alpha");
    Frame.Change frame = change(watcher);
    assertThat(names(frame.changed())).containsExactly("alpha");
    assertThat(frame.removed()).isEmpty();
    assertThat(frame.generations()).isEqualTo(2);
  }

  @Test
  void next_severalGenerationsInOneChange_countsWhatCanBeToldApart() {
    Watcher all = started(Selection.everything());
    Watcher some = started(select("alpha", "beta"));
    world.commitTouch("alpha");
    world.commitTouch("alpha");
    world.commitTouch("beta");
    world.commitTouch("gamma");
    world.publish();
    assertThat(change(all).generations()).isEqualTo(4);
    assertThat(change(some).generations()).isEqualTo(2);
  }

  @Test
  void next_resumedInTheMiddleOfOneChange_countsWhatCameAfter() {
    Revision before = world.revision();
    world.commitTouch("alpha");
    world.commitTouch("alpha");
    world.commitTouch("beta");
    world.publish();
    // Another server has told it the first of the three.
    Revision known =
        new Revision(before.incarnation(), new Generation(before.generation().value() + 1));
    Frame.Change frame = change(watch(Selection.everything(), Optional.of(known)));
    assertThat(names(frame.changed())).containsExactly("alpha", "beta");
    assertThat(frame.generations()).isEqualTo(2);
  }

  @Test
  void next_removalForgottenWhileSlow_isTooOld() {
    Watcher watcher = started(Selection.everything());
    world.commitRemove("gamma");
    world.forgetRemovals(0);
    world.publish();
    Frame.Snapshot frame = snapshot(watcher);
    assertThat(frame.reason()).isEqualTo(SnapshotReason.TOO_OLD);
    assertThat(names(frame.datastores())).containsExactly("alpha", "beta");
    assertThat(watcher.next()).isEmpty();
  }

  @Test
  void next_historyReplacedWhileOpen_isWrongIncarnation() {
    Watcher watcher = started(select("alpha"));
    world.reincarnate("00000000000000b2");
    executor.run();
    assertThat(snapshot(watcher).reason()).isEqualTo(SnapshotReason.WRONG_INCARNATION);
    world.touch("alpha");
    assertThat(change(watcher).generations()).isEqualTo(1);
  }

  @Test
  void next_publicationMissedWithItsRemovalForgotten_isTooOldForAll() {
    Watcher watcher = started(select("beta"));
    world.commitTouch("alpha");
    world.swap(); // never told
    world.commitRemove("beta");
    world.forgetRemovals(0);
    world.publish();
    assertThat(snapshot(watcher).reason()).isEqualTo(SnapshotReason.TOO_OLD);
  }

  @Test
  void next_startedAgain_resumesFromTheGenerationsInTheSnapshot() {
    Revision known = world.revision();
    world.touch("alpha");
    world.touch("alpha");
    world.remove("beta");
    feed = feed(1000); // the server was restarted: no history
    Frame.Change all = change(watch(Selection.everything(), Optional.of(known)));
    assertThat(names(all.changed())).containsExactly("alpha");
    assertThat(all.removed()).containsExactly(new DatastoreName("beta"));
    assertThat(all.generations()).isEqualTo(3);
    assertThat(change(watch(select("alpha"), Optional.of(known))).generations())
        .as("a lower bound: the first change left no trace")
        .isEqualTo(1);
  }

  @Test
  void next_historyTooShort_stillTellsEverything() {
    feed = feed(2);
    world.addListener(feed);
    Watcher live = started(select("alpha", "be*"));
    Revision known = world.revision();
    for (int i = 0; i < 10; i++) {
      world.touch("alpha");
      world.touch("beta");
      world.touch("gamma", "delta", "epsilon");
    }
    Frame.Change frame = change(live);
    assertThat(names(frame.changed())).containsExactly("alpha", "beta");
    assertThat(frame.generations()).isEqualTo(20);
    Frame.Change resumed = change(watch(select("alpha", "be*"), Optional.of(known)));
    assertThat(resumed.changed()).isEqualTo(frame.changed());
    assertThat(resumed.generations()).isBetween(1L, 20L);
  }

  @Test
  void bookmark_nothingSelectedTouched_isTheHead() {
    Watcher watcher = started(select("alpha"));
    Revision head = world.touch("beta");
    SharedFrame bookmark = watcher.bookmark();
    assertThat(bookmark.frame().revision()).isEqualTo(head);
    watcher.handedOver(bookmark);
    assertThat(watcher.next()).isEmpty();
  }

  @Test
  void bookmark_changeNotHandedOver_isTheCursor() {
    Watcher watcher = started(select("alpha"));
    Revision delivered = world.revision();
    world.touch("alpha");
    assertThat(watcher.bookmark().frame().revision()).isEqualTo(delivered);
    watcher.handedOver(watcher.bookmark());
    assertThat(names(change(watcher).changed())).containsExactly("alpha");
  }

  @Test
  void next_sameSelectionAndCursor_isOneSharedFrame() {
    Watcher one = started(select("alpha", "be*"));
    Watcher other = started(select("be*", "beta", "alpha"));
    world.touch("alpha");
    SharedFrame shared = one.next().orElseThrow();
    world.touch("gamma");
    assertThat(other.next().orElseThrow()).isSameAs(shared);
    assertThat(shared.part(0).orElseThrow()).isSameAs(shared.part(0).orElseThrow());
    assertThat(shared.part(1)).isEmpty();
  }

  @Test
  void next_snapshotForALateComer_isOfTheHead() {
    Watcher first = watch(select("alpha"), Optional.empty());
    watch(select("alpha"), Optional.empty());
    SharedFrame shared = first.next().orElseThrow();
    assertThat(watch(select("alpha"), Optional.empty()).next().orElseThrow()).isSameAs(shared);
    Revision told = world.touch("beta"); // told to a client by a lookup
    assertThat(handOver(watch(select("alpha"), Optional.empty())).revision()).isEqualTo(told);
  }

  @Test
  void drain_manyPublications_bookmarksAndCountsOnlyWhatWasHandedOver()
      throws InterruptedException {
    int rounds = 200_000;
    Watcher watcher = started(select("alpha"));
    Thread publisher =
        new Thread(
            () -> {
              for (int i = 0; i < rounds; i++) {
                world.touch("alpha");
              }
            });
    Generation end = new Generation(world.revision().generation().value() + rounds);
    Revision delivered = world.revision();
    publisher.start();
    while (delivered.generation().compareTo(end) < 0) {
      // Every publication touches the selection, so nothing beyond the cursor may be claimed.
      assertThat(watcher.bookmark().frame().revision()).isEqualTo(delivered);
      Optional<SharedFrame> due = watcher.next();
      if (due.isPresent()) {
        Frame.Change frame = (Frame.Change) due.get().frame();
        watcher.handedOver(due.get());
        assertThat(frame.generations())
            .isEqualTo(frame.revision().generation().value() - delivered.generation().value());
        delivered = frame.revision();
      }
    }
    publisher.join();
  }

  private WatchFeed feed(int history) {
    WatchFeed made =
        new WatchFeed(
            world::snapshot, NO_BYTES, executor, new WatchLimits(100, history), rules.access);
    world.addListener(made);
    return made;
  }

  private Watcher watch(Selection selection, Optional<Revision> known) {
    WatchRequest request =
        new WatchRequest(rules.client("a"), selection, View.BASIC, known, Duration.ofSeconds(10));
    return feed.open(request, 0, () -> {}).orElseThrow();
  }

  /** A watcher that has been handed all there is. */
  private Watcher started(Selection selection) {
    Watcher watcher = watch(selection, Optional.empty());
    handOver(watcher);
    return watcher;
  }

  private static Frame handOver(Watcher watcher) {
    SharedFrame due = watcher.next().orElseThrow();
    watcher.handedOver(due);
    return due.frame();
  }

  private static Frame.Snapshot snapshot(Watcher watcher) {
    return (Frame.Snapshot) handOver(watcher);
  }

  private static Frame.Change change(Watcher watcher) {
    return (Frame.Change) handOver(watcher);
  }

  private static Selection select(String... patterns) {
    return Selection.of(List.of(patterns));
  }

  private static List<String> names(List<Datastore> datastores) {
    return datastores.stream().map(datastore -> datastore.name().value()).toList();
  }
}
