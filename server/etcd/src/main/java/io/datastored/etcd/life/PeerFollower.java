package io.datastored.etcd.life;

import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.config.DatastoreName;
import io.datastored.etcd.history.KeyObserver;
import io.datastored.etcd.history.KeyValues.Change;
import io.datastored.etcd.history.KeyValues.Entry;
import io.datastored.promise.LifeId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A peer follower keeps in memory what all lives have in etcd, and the floors. Thread-safe: readers
 * see one immutable view through one volatile field, and the floors' concurrent map; writes are
 * serialized by the lock.
 *
 * <p>It is followed before the commits of a history, so a floor is known before the mode after it
 * is served. No drain ends by this view: a seal reads again, and compares.
 */
public final class PeerFollower implements KeyObserver {

  private final LifeKeys keys;
  private final Consumer<DatastoreName> floorRaised;
  private final Floors floors = new Floors();

  /** Written under the lock. */
  private volatile PeerView view = PeerView.NOTHING;

  private volatile Runnable onChange = () -> {};

  /**
   * One that knows nothing yet.
   *
   * @param floorRaised is told of each datastore with leases that are drained, or to be ended by
   *     force; must not block
   */
  public PeerFollower(LifeKeys keys, Consumer<DatastoreName> floorRaised) {
    this.keys = keys;
    this.floorRaised = floorRaised;
  }

  PeerView view() {
    return view;
  }

  /** Has a task run after each change of the view, which must not block. */
  void listen(Runnable task) {
    onChange = task;
  }

  /** Swapped, then reported: who is told looks at the view. */
  @GuardedBy("this")
  private void show(PeerView next) {
    view = next;
    onChange.run();
  }

  /** The floor of a datastore. */
  Floors.Known floor(DatastoreName name) {
    return floors.of(name);
  }

  /** Whether somebody waits for a drain of a datastore, here or elsewhere. */
  public boolean isAsked(DatastoreName name) {
    return !view.below(keys.allAsks(name)).isEmpty();
  }

  /**
   * Reports the floors again of all datastores for which somebody waits: a lease whose token was
   * taken before the floor was known may have been counted after its leases were ended.
   */
  void tellFloors() {
    asked().stream()
        .filter(name -> !floors.of(name).equals(Floors.Known.NOTHING))
        .forEach(floorRaised);
  }

  /** The datastores for which somebody waits for a drain, here or elsewhere. */
  private ImmutableSet<DatastoreName> asked() {
    return view.below(keys.allAsks()).keySet().stream()
        .flatMap(key -> keys.askedBy(key).stream())
        .collect(toImmutableSet());
  }

  /** Whether a life other than this one is there. */
  boolean areOthersPresent(Optional<LifeId> me) {
    return view.below(keys.presences()).keySet().stream()
        .anyMatch(key -> !keys.lifeOfPresence(key).equals(me));
  }

  /** Takes over a floor that was read or written, ahead of the watch. */
  void know(DatastoreName name, Floors.Known floor) {
    if (floors.put(name, floor)) {
      floorRaised.accept(name);
    }
  }

  /**
   * Takes over what was read of some prefixes. The watch may lag behind it, and report older
   * changes; then the newer ones follow.
   */
  synchronized void correct(PeerView read, List<String> prefixes) {
    if (read.revision() < view.revision()) {
      return;
    }
    NavigableMap<String, PeerView.Item> next = new TreeMap<>(view.items());
    for (String prefix : prefixes) {
      next.subMap(prefix, true, prefix + Character.MAX_VALUE, false).clear();
      next.putAll(read.below(prefix));
    }
    show(new PeerView(view.revision(), next));
  }

  @Override
  public List<String> prefixes() {
    return List.of(
        keys.records(), keys.presences(), keys.allWork(), keys.allAsks(), keys.allFloors());
  }

  private boolean isOfLives(String key) {
    return key.startsWith(keys.records())
        || key.startsWith(keys.presences())
        || key.startsWith(keys.allWork())
        || key.startsWith(keys.allAsks());
  }

  @Override
  public synchronized void loaded(long revision, List<Entry> all) {
    if (revision < view.revision()) {
      return;
    }
    NavigableMap<String, PeerView.Item> items = new TreeMap<>();
    Map<DatastoreName, Floors.Known> found = new HashMap<>();
    for (Entry entry : all) {
      String text = new String(entry.value(), UTF_8);
      if (isOfLives(entry.key())) {
        items.put(entry.key(), new PeerView.Item(text, entry.created()));
      }
      keys.floorOf(entry.key())
          .ifPresent(name -> found.put(name, Floors.Known.of(entry.key(), text, entry.modified())));
    }
    floors.retain(found, revision);
    found.forEach(this::know);
    show(new PeerView(revision, items));
  }

  @Override
  public synchronized void changed(long revision, List<Change> changes) {
    if (revision <= view.revision()) {
      return;
    }
    NavigableMap<String, PeerView.Item> next = null;
    for (Change change : changes) {
      Optional<DatastoreName> floor = keys.floorOf(change.key());
      if (floor.isPresent()) {
        floor(floor.get(), change, revision);
      } else if (isOfLives(change.key())) {
        next = next == null ? new TreeMap<>(view.items()) : next;
        put(next, change, revision);
      }
    }
    if (next != null) {
      show(new PeerView(revision, next));
    }
  }

  @GuardedBy("this")
  private void floor(DatastoreName name, Change change, long revision) {
    change
        .value()
        .map(value -> new String(value, UTF_8))
        .ifPresentOrElse(
            text -> know(name, Floors.Known.of(change.key(), text, revision)),
            () -> floors.remove(name));
  }

  private static void put(NavigableMap<String, PeerView.Item> items, Change change, long revision) {
    if (change.value().isEmpty()) {
      items.remove(change.key());
      return;
    }
    PeerView.Item before = items.get(change.key());
    items.put(
        change.key(),
        new PeerView.Item(
            new String(change.value().get(), UTF_8), before == null ? revision : before.created()));
  }
}
