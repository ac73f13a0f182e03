package io.datastored.watch;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.datastored.config.DatastoreName;
import io.datastored.engine.ChangeListener;
import io.datastored.engine.HandMade;
import io.datastored.engine.snapshot.Change;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import io.datastored.mount.MountState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;

/**
 * A world stands in for the engine: it commits generations, publishes snapshots and remembers what
 * was true when. Confined to one writing thread; {@link #snapshot} may be read by any.
 */
public final class World {
  public static final Incarnation INCARNATION = new Incarnation("00000000000000a1");

  private final TreeMap<DatastoreName, Datastore> present = new TreeMap<>();
  private final Map<DatastoreName, Generation> removed = new LinkedHashMap<>();
  private final List<ImmutableMap<DatastoreName, Generation>> contents = new ArrayList<>();
  private final List<ImmutableSet<DatastoreName>> touches = new ArrayList<>();
  private final List<ChangeListener> listeners = new CopyOnWriteArrayList<>();
  private final Set<String> setBySomebody = new HashSet<>();
  private final Remembering remembering;
  private Incarnation incarnation = INCARNATION;
  private Generation floor = Generation.NONE;
  private long generation;
  private volatile Snapshot published;

  /** Whether the content of every generation is kept to be asked for later. */
  public enum Remembering {
    EVERYTHING,
    NOTHING
  }

  public World(Remembering remembering) {
    this.remembering = remembering;
    contents.add(ImmutableMap.of());
    touches.add(ImmutableSet.of());
    commit(ImmutableSet.of());
    published = newest();
  }

  /** A world at generation 2, with these datastores. */
  public static World of(String... names) {
    World world = new World(Remembering.EVERYTHING);
    world.commitTouch(names);
    world.published = world.newest();
    return world;
  }

  /** What the engine would serve. */
  public Snapshot snapshot() {
    return published;
  }

  public Revision revision() {
    return published.revision();
  }

  public void addListener(ChangeListener listener) {
    listeners.add(listener);
  }

  /** Creates or changes datastores in one generation, and publishes it. */
  public Revision touch(String... names) {
    commitTouch(names);
    return publish();
  }

  /** Removes datastores in one generation, and publishes it. */
  public Revision remove(String... names) {
    commitRemove(names);
    return publish();
  }

  /** The same without publishing it, as another process would. */
  public void commitTouch(String... names) {
    commitTouch(MountState.NOT_REMOVABLE, names);
  }

  public void commitTouch(MountState mount, String... names) {
    commit((name, next) -> HandMade.datastore(name, next, mount), names);
  }

  /** Sets the mode OFFLINE in one generation. */
  public void commitOffline(String setBy, String... names) {
    for (DatastoreName name : named(names)) {
      setBySomebody.add(name + "@" + (generation + 1));
    }
    commit((name, next) -> HandMade.offline(name, next, setBy), names);
  }

  private void commit(BiFunction<DatastoreName, Generation, Datastore> made, String... names) {
    Generation next = new Generation(generation + 1);
    for (DatastoreName name : named(names)) {
      present.put(name, made.apply(name, next));
      removed.remove(name);
    }
    commit(named(names));
  }

  public void commitRemove(String... names) {
    Generation next = new Generation(generation + 1);
    ImmutableSet.Builder<DatastoreName> gone = ImmutableSet.builder();
    for (DatastoreName name : named(names)) {
      if (present.remove(name) != null) {
        removed.put(name, next);
        gone.add(name);
      }
    }
    commit(gone.build());
  }

  /** A generation that touches no datastore: a comment was edited. */
  public void commitNothing() {
    commit(ImmutableSet.of());
  }

  /** Forgets all but the newest removals, as far as they are not of the last generation. */
  public void forgetRemovals(int kept) {
    while (removed.size() > kept) {
      Map.Entry<DatastoreName, Generation> oldest = removed.entrySet().iterator().next();
      floor = oldest.getValue();
      removed.values().removeIf(removal -> !removal.isAfter(floor));
    }
  }

  /** The state directory was replaced: another history begins. */
  public Revision reincarnate(String incarnation) {
    this.incarnation = new Incarnation(incarnation);
    return publish();
  }

  /** Publishes what was committed: swaps, then tells. */
  public Revision publish() {
    Change change = swap();
    listeners.forEach(listener -> listener.onChange(change));
    return change.after().revision();
  }

  /** Publishes, but has not told the listeners yet. */
  public Change swap() {
    Snapshot before = published;
    Snapshot after = newest();
    published = after;
    ImmutableSet.Builder<DatastoreName> changed = ImmutableSet.builder();
    ImmutableSet.Builder<DatastoreName> gone = ImmutableSet.builder();
    for (Datastore now : after.byName()) {
      if (now.generation().isAfter(before.revision().generation())
          || before.find(now.name()).isEmpty()) {
        changed.add(now.name());
      }
    }
    for (Datastore old : before.byName()) {
      if (after.find(old.name()).isEmpty()) {
        gone.add(old.name());
      }
    }
    return new Change(before, after, changed.build(), gone.build());
  }

  /** What was selected at a generation: names with the generation of their last change. */
  public Map<DatastoreName, Generation> contentAt(Generation at, Selection selection) {
    Map<DatastoreName, Generation> selected = new TreeMap<>(contents.get((int) at.value()));
    selected.keySet().removeIf(name -> !selection.selects(name));
    return selected;
  }

  /** How many generations after the one and up to the other touched the selection. */
  public long touchesBetween(Generation after, Generation upTo, Selection selection) {
    return touches.subList((int) after.value() + 1, (int) upTo.value() + 1).stream()
        .filter(names -> names.stream().anyMatch(selection::selects))
        .count();
  }

  /** What the newest generation touched. */
  Set<DatastoreName> lastTouched() {
    return touches.get(touches.size() - 1);
  }

  /** Whether this generation of a datastore is out of service, and somebody set its mode. */
  boolean isSetBySomebody(DatastoreName name, Generation at) {
    return setBySomebody.contains(name + "@" + at.value());
  }

  public Set<DatastoreName> names() {
    return present.keySet();
  }

  private void commit(ImmutableSet<DatastoreName> touched) {
    generation++;
    if (remembering == Remembering.EVERYTHING) {
      ImmutableMap.Builder<DatastoreName, Generation> content = ImmutableMap.builder();
      present.forEach((name, datastore) -> content.put(name, datastore.generation()));
      contents.add(content.buildOrThrow());
      touches.add(touched);
    }
  }

  private Snapshot newest() {
    return HandMade.snapshot(
        new Revision(incarnation, new Generation(generation)), present.values(), floor, removed);
  }

  private static ImmutableSet<DatastoreName> named(String... names) {
    ImmutableSet.Builder<DatastoreName> named = ImmutableSet.builder();
    for (String name : names) {
      named.add(new DatastoreName(name));
    }
    return named.build();
  }
}
