package io.datastored.watch;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.SetMultimap;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.access.Access;
import io.datastored.access.Identity;
import io.datastored.access.Limit;
import io.datastored.access.Rights;
import io.datastored.access.Rules;
import io.datastored.access.Shares;
import io.datastored.access.Subject;
import io.datastored.engine.ChangeListener;
import io.datastored.engine.snapshot.Change;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.history.Generation;
import io.datastored.history.Revision;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A watch feed distributes the engine's publications to any number of watchers. Thread-safe:
 * publications, changes of rules, openings and closings exclude each other under one lock while
 * they count what they touch; cutting and sending frames takes no lock here.
 */
public final class WatchFeed implements ChangeListener {
  /** Enough for a thousand openings a second for thirty years. */
  private static final int OPENED_BITS = 40;

  private final Supplier<Snapshot> newest;
  private final FrameEncoder encoder;
  private final FanOut fanOut;
  private final WatchLimits limits;
  private final Access access;
  private final Object publishing = new Object();

  @GuardedBy("publishing")
  private final GroupIndex groups = new GroupIndex();

  @GuardedBy("publishing")
  private long opened;

  /** The rules by which the watchers are in their groups, or older ones. */
  @GuardedBy("publishing")
  private Rules rules;

  // Written under `publishing`, read by any thread.
  private volatile Head head;

  /** Taken and given back under `publishing`, with the membership in a group. */
  private final Shares places;

  /**
   * A feed that starts at the newest snapshot.
   *
   * @param newest the engine's newest published snapshot; never blocks, never goes back
   * @param fanOut runs the watchers' signals
   * @param access the rules that decide what watchers see; {@link #onRulesChanged} is its listener
   */
  public WatchFeed(
      Supplier<Snapshot> newest,
      FrameEncoder encoder,
      Executor fanOut,
      WatchLimits limits,
      Access access) {
    this.newest = newest;
    this.encoder = encoder;
    this.fanOut = new FanOut(fanOut);
    this.limits = limits;
    this.places = new Shares(new Limit("max-watchers", limits.watchers()), limits.share());
    this.access = access;
    // The rules before what they select, as in catchUp().
    this.rules = access.rules();
    Snapshot start = newest.get();
    this.head = new Head(0, start, startOf(start), access.changedAt());
  }

  @Override
  public void onChange(Change change) {
    Set<Group> due = new HashSet<>();
    synchronized (publishing) {
      catchUp(change.after(), Optional.of(change), due);
    }
    fanOut.signal(due);
  }

  /** Moves every watch whose rights have changed to what it may see now. */
  public void onRulesChanged() {
    Set<Group> due = new HashSet<>();
    synchronized (publishing) {
      catchUp(newest.get(), Optional.empty(), due);
    }
    fanOut.signal(due);
  }

  /**
   * Opens a watch.
   *
   * @param connection a number shared by the watches of one connection
   * @param signal called on the fan-out's executor when a frame may be due; never throws. May be
   *     called before this method returns
   * @return empty if there is no place for it; {@link #places} knows why
   */
  public Optional<Watcher> open(WatchRequest request, long connection, Runnable signal) {
    Set<Group> due = new HashSet<>();
    Watcher watcher;
    synchronized (publishing) {
      if (!places.hasRoom(request.subject(), 1)) {
        return Optional.empty();
      }
      // The engine swaps first and then notifies its listeners. A client that was answered in
      // between knows a revision that this feed has not received: without this refresh its position
      // would be AHEAD.
      catchUp(newest.get(), Optional.empty(), due);
      Group group =
          group(
              new Scope(request.selection(), request.view(), request.subject().rights()),
              head.serial());
      watcher = new Watcher(this::head, this::leave, group, request, order(connection), signal);
      group.join(watcher);
      places.add(request.subject().identity().principal(), 1);
      // Joined, then looked again: rules that changed after the first look may have come before or
      // after the look at the rights. If before, the revision at which they changed must be known
      // to the head; if after, the watcher must move.
      catchUp(head.snapshot(), Optional.empty(), due);
    }
    fanOut.signal(due);
    return Optional.of(watcher);
  }

  /** Signals every watcher, as after a publication. */
  public void signalAll() {
    ImmutableSet<Group> all;
    synchronized (publishing) {
      all = groups.all();
    }
    fanOut.signal(all);
  }

  /** Whether this revision is of the current history and later than the newest snapshot. */
  public boolean isAhead(Revision known) {
    Revision now = newest.get().revision();
    return known.sameHistory(now) && known.generation().isAfter(now.generation());
  }

  /** The number of open watchers. */
  public int watchers() {
    return (int) places.taken();
  }

  /** The places of watches. */
  public Shares places() {
    return places;
  }

  /** The limits of this feed. */
  public WatchLimits limits() {
    return limits;
  }

  Head head() {
    return head;
  }

  void leave(Watcher watcher) {
    Group group = watcher.group();
    synchronized (publishing) {
      if (!group.leave(watcher)) {
        return;
      }
      places.giveBack(watcher.subject().identity().principal());
      if (group.isEmpty()) {
        groups.remove(group);
      }
    }
  }

  /** The order by connection, then by age; unique. One word, because there are so many watchers. */
  @GuardedBy("publishing")
  private long order(long connection) {
    return connection << OPENED_BITS | opened++;
  }

  /**
   * Takes in what has changed: first the rules, then the snapshot, in one step for the watchers.
   *
   * <p>A publication and a change of rules may come at the same moment, in any order. Why nothing
   * is lost, and nothing is shown that was hidden when it came:
   *
   * <ul>
   *   <li>Rules take effect here when {@link #rules} is set, under the lock and before the head
   *       moves. Every move looks at the rules first. So a snapshot that was published after the
   *       rules were put in force reaches the watchers only in their new groups, even if the rules'
   *       listener has not been called yet.
   *   <li>A watcher reads the head before its seat, so what it cuts for its previous group comes
   *       from the head at which it left that group, or from an earlier one: from before the rules.
   *   <li>What it was sent is therefore in its previous scope at that head or an earlier one. The
   *       recut is computed from exactly these two, and from the position of the watcher.
   *   <li>The previous group counts touches up to that head, the new one from that head on: each
   *       generation is counted once.
   *   <li>The head that is shown last includes both, and it is at least as new as what the engine
   *       served when the rules changed: an answer that a client got by the old rules is not newer
   *       than the frame which removes the datastore.
   * </ul>
   */
  @GuardedBy("publishing")
  private void catchUp(Snapshot after, Optional<Change> told, Set<Group> due) {
    Rules now = access.rules();
    if (now == rules) {
      showHead(advanced(head, after, told, due));
      return;
    }
    rules = now;
    Snapshot newer = newest.get();
    Head ruled = withRules(head, newer.revision(), due);
    showHead(advanced(ruled, newer, Optional.empty(), due));
  }

  /** The seats and the marks first, then the head: see Watcher.next and Watcher.bookmark. */
  @GuardedBy("publishing")
  private void showHead(Head next) {
    if (next != head) {
      head = next;
    }
  }

  /** Moves the watchers whose rights have changed to other groups. */
  @GuardedBy("publishing")
  private Head withRules(Head from, Revision newer, Set<Group> due) {
    long serial = from.serial() + 1;
    // Connections are many and identities are few. One look for each identity: rules that change
    // while this runs move everybody again.
    Map<Identity, Rights> known = new HashMap<>();
    for (Group group : groups.all()) {
      for (Watcher watcher : group.members()) {
        Subject subject = watcher.subject();
        Rights rights = known.computeIfAbsent(subject.identity(), unused -> subject.rights());
        if (!rights.equals(group.scope().rights())) {
          Group to = group(group.scope().with(rights), serial);
          group.leave(watcher);
          to.join(watcher);
          watcher.move(to, from, serial);
          due.add(to);
        }
      }
      if (group.isEmpty()) {
        groups.remove(group);
      }
    }
    // What was sent by the old rules is not later than the head, but it may be later than the
    // revision that the rules came with.
    Optional<Revision> changedAt =
        Stream.concat(access.changedAt().stream(), Stream.of(from.revision()))
            .filter(newer::sameHistory)
            .max(Comparator.comparing(Revision::generation));
    return new Head(serial, from.snapshot(), from.history(), changedAt);
  }

  @GuardedBy("publishing")
  private Group group(Scope scope, long serial) {
    return groups.group(scope, () -> new Group(scope, encoder, serial));
  }

  @GuardedBy("publishing")
  private Head advanced(Head before, Snapshot after, Optional<Change> told, Set<Group> due) {
    if (!isNews(before.revision(), after.revision())) {
      return before; // already advanced by an opening
    }
    long serial = before.serial() + 1;
    Optional<Publication> published = publication(before, after, told);
    if (published.isEmpty()) {
      ImmutableSet<Group> all = groups.all();
      all.forEach(group -> group.touch(1, serial));
      due.addAll(all);
      return new Head(serial, after, startOf(after), before.rulesChangedAt());
    }
    SetMultimap<Group, Generation> touched = groups.touchedBy(published.get());
    for (Group group : touched.keySet()) {
      long count = published.get().count(group.scope(), touched.get(group), before.generation());
      group.touch(count, serial);
    }
    due.addAll(touched.keySet());
    return new Head(serial, after, before.history().with(published.get()), before.rulesChangedAt());
  }

  private static boolean isNews(Revision known, Revision after) {
    return !after.sameHistory(known) || after.generation().isAfter(known.generation());
  }

  /**
   * What the new snapshot touches. Empty if that is unknown: the snapshot is of another history, or
   * removals since the head were forgotten. Then it touches every group, and each watcher computes
   * from its own cursor what it needs.
   */
  private static Optional<Publication> publication(
      Head before, Snapshot after, Optional<Change> told) {
    if (!after.revision().sameHistory(before.revision())) {
      return Optional.empty();
    }
    // The engine compares two snapshots; a datastore that came and went between them is in neither.
    Optional<Change> next =
        told.filter(change -> change.before().revision().equals(before.revision()))
            .filter(change -> change.generations() == 1);
    if (next.isPresent()) {
      return next.map(Publication::of);
    }
    return after.floor().isAfter(before.generation())
        ? Optional.empty()
        : Optional.of(Publication.since(before.generation(), after));
  }

  private History startOf(Snapshot start) {
    return History.startingAt(start.revision().generation(), limits.history());
  }
}
