package io.datastored.service.page;

import com.google.common.collect.ImmutableList;
import io.datastored.access.Role;
import io.datastored.config.DatastoreName;
import io.datastored.engine.LiveProcesses;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.probe.Target;
import io.datastored.service.call.ByName;
import io.datastored.v1.DatastoreStatus;
import io.datastored.watch.View;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The rows are what is shown of each datastore. Confined to the lock of {@link PageFeed}. A look
 * finds the rows that have changed; each is written once for each role.
 *
 * <p>Of many datastores, those that were edited and those that are in use, under maintenance or in
 * trouble are looked at each time, and the others in turns: a look at an idle server costs the same
 * whether it has one thousand datastores or ten thousand.
 */
final class Rows {
  /** How many datastores in use, under maintenance or in trouble one look covers. */
  private static final int MOST_LIVELY = 1_000;

  /** How many of the others one look covers. */
  private static final int MOST_QUIET = 100;

  /** How many file systems the first look has measured, and each later one. */
  private static final int MEASURED_AT_FIRST = 200;

  private static final int MEASURED_LATER = 3;

  private final RowSources from;
  private final RecentChanges changes;
  private final Map<DatastoreName, Entry> entries = new TreeMap<>();
  private final Set<DatastoreName> lively = new TreeSet<>();
  private final Set<DatastoreName> needy = new TreeSet<>();
  private List<DatastoreName> names = ImmutableList.of();
  private @Nullable Snapshot last;
  private int turn = -1;
  private int measured = -1;

  Rows(RowSources from, RecentChanges changes) {
    this.from = from;
    this.changes = changes;
  }

  /** A difference is what a look has found. Immutable. */
  record Difference(Set<DatastoreName> changed, Set<DatastoreName> gone) {}

  /** The row of a datastore. */
  private static final class Entry {
    private Facts facts;
    private final Map<Role, Row> byRole = new EnumMap<>(Role.class);

    Entry(Facts facts) {
      this.facts = facts;
    }
  }

  /** Looks at all datastores. */
  void lookAtAll(Snapshot snapshot, LiveProcesses census) {
    names = ByName.all(snapshot);
    Set<DatastoreName> gone = goneFrom(names);
    last = snapshot;
    measure(snapshot, MEASURED_AT_FIRST);
    Difference unused = compare(new LinkedHashSet<>(names), gone, snapshot, census);
  }

  private Set<DatastoreName> goneFrom(List<DatastoreName> present) {
    Set<DatastoreName> gone = new HashSet<>(entries.keySet());
    present.forEach(gone::remove);
    gone.forEach(
        name -> {
          entries.remove(name);
          lively.remove(name);
          needy.remove(name);
        });
    return gone;
  }

  /** Looks at the datastores. */
  Difference look(Snapshot snapshot, LiveProcesses census) {
    Set<DatastoreName> gone = Set.of();
    Set<DatastoreName> due = new LinkedHashSet<>();
    if (last != snapshot) {
      names = ByName.all(snapshot);
      gone = goneFrom(names);
      names.stream().filter(name -> isEdited(name, snapshot)).forEach(due::add);
      last = snapshot;
    }
    lively.stream().limit(MOST_LIVELY).forEach(due::add);
    for (int i = 0; i < Math.min(MOST_QUIET, names.size()); i++) {
      turn = (turn + 1) % names.size();
      due.add(names.get(turn));
    }
    measure(snapshot, MEASURED_LATER);
    return compare(due, gone, snapshot, census);
  }

  private Difference compare(
      Set<DatastoreName> due, Set<DatastoreName> gone, Snapshot snapshot, LiveProcesses census) {
    Set<DatastoreName> changed = new LinkedHashSet<>();
    for (DatastoreName name : due) {
      Facts facts = Facts.of(name, snapshot, census, from);
      Entry entry = entries.get(name);
      if (entry == null) {
        entries.put(name, new Entry(facts));
        changed.add(name);
      } else if (!entry.facts.equals(facts)) {
        entry.facts = facts;
        entry.byRole.clear();
        changed.add(name);
      }
      mark(lively, name, facts.isLively());
      mark(needy, name, facts.mayNeedSomebody());
    }
    return new Difference(changed, gone);
  }

  private static void mark(Set<DatastoreName> set, DatastoreName name, boolean member) {
    if (member) {
      set.add(name);
    } else {
      set.remove(name);
    }
  }

  /** What did not change is the same object in the next snapshot. */
  private boolean isEdited(DatastoreName name, Snapshot snapshot) {
    Entry entry = entries.get(name);
    return entry == null
        || entry.facts.datastore().orElse(null) != snapshot.get(name)
        || !entry.facts.fault().equals(snapshot.fault(name));
  }

  private void measure(Snapshot snapshot, int most) {
    ImmutableList<Datastore> all = snapshot.byName();
    List<Target> targets = new ArrayList<>();
    for (int i = 0; i < Math.min(most, all.size()); i++) {
      measured = (measured + 1) % all.size();
      targets.add(Target.of(all.get(measured)));
    }
    from.probes().refresh(targets);
  }

  /** The names of all rows, sorted. */
  Set<DatastoreName> names() {
    return entries.keySet();
  }

  /** The names of the rows that may need an operator. */
  Set<DatastoreName> needy() {
    return needy;
  }

  /** A row as a role sees it. */
  Row row(DatastoreName name, Role role, Moment moment) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new IllegalArgumentException("no row of " + name);
    }
    Row known = entry.byRole.get(role);
    if (known == null) {
      DatastoreStatus status =
          from.statuses().of(name, moment.snapshot(), moment.census(), View.BASIC, role);
      known = Row.of(status, entry.facts, changes.last(name), trend(entry));
      entry.byRole.put(role, known);
    }
    return known;
  }

  private Optional<Long> trend(Entry entry) {
    return entry
        .facts
        .datastore()
        .flatMap(datastore -> from.probes().reading(Target.of(datastore)).perHour());
  }

  /** The datastores whose mode something is still in the way of. */
  List<Datastore> draining() {
    return lively.stream()
        .map(name -> Objects.requireNonNull(entries.get(name)).facts)
        .filter(facts -> !facts.waitsFor().isEmpty())
        .flatMap(facts -> facts.datastore().stream())
        .toList();
  }
}
