package io.datastored.service.page;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterables;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.datastored.access.Rights;
import io.datastored.access.Verb;
import io.datastored.config.DatastoreName;
import io.datastored.engine.ChangeListener;
import io.datastored.engine.snapshot.Change;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Maintenance;
import io.datastored.history.Generation;
import io.datastored.history.Revision;
import io.datastored.service.call.Authors;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Recent changes are the last changes of datastores since the server was started, and when each
 * datastore was changed last. Thread-safe under its own lock. Bounded: so many changes, and a time
 * for each datastore that is there.
 */
final class RecentChanges implements ChangeListener {
  static final int KEPT = 50;

  private final InstantSource clock;
  private final Authors authors;

  @GuardedBy("this")
  private final ArrayDeque<Entry> entries = new ArrayDeque<>();

  @GuardedBy("this")
  private final Map<DatastoreName, Instant> last = new HashMap<>();

  /**
   * An entry is one change of one datastore. Immutable.
   *
   * @param what has changed, for people
   * @param by who set a mode, as the mode says
   */
  record Entry(
      Instant at, Generation generation, DatastoreName name, String what, Optional<String> by) {}

  /**
   * @param authors know who has made a change by a call
   */
  RecentChanges(InstantSource clock, Authors authors) {
    this.clock = clock;
    this.authors = authors;
  }

  @Override
  public synchronized void onChange(Change change) {
    Instant now = clock.instant();
    for (DatastoreName name : Iterables.concat(change.removed(), change.changed())) {
      Optional<Datastore> after = change.after().find(name);
      if (after.isPresent()) {
        last.put(name, now);
      } else {
        last.remove(name);
      }
      entries.addFirst(entry(name, change, after, now));
      if (entries.size() > KEPT) {
        entries.removeLast();
      }
    }
  }

  private static Entry entry(
      DatastoreName name, Change change, Optional<Datastore> after, Instant now) {
    Optional<Datastore> before = change.before().find(name);
    Revision revision = change.after().revision();
    return new Entry(
        now,
        after
            .map(Datastore::generation)
            .orElseGet(() -> change.after().removed().getOrDefault(name, revision.generation())),
        name,
        what(before, after),
        after
            .map(Datastore::maintenance)
            .filter(mode -> !before.map(Datastore::maintenance).equals(Optional.of(mode)))
            .flatMap(Maintenance::setBy));
  }

  /** The text of an array of what these rights may see, newest first. */
  String json(Rights rights) {
    var json = new JsonArray();
    newest().stream()
        .filter(entry -> rights.allow(Verb.SEE, entry.name()))
        .forEach(entry -> json.add(json(entry, rights)));
    return json.toString();
  }

  private synchronized ImmutableList<Entry> newest() {
    return ImmutableList.copyOf(entries);
  }

  private JsonObject json(Entry entry, Rights rights) {
    var json = new JsonObject();
    json.addProperty("at", entry.at().toEpochMilli());
    json.addProperty("gen", entry.generation().value());
    json.addProperty("name", entry.name().value());
    json.addProperty("what", entry.what());
    if (rights.allow(Verb.INSPECT, entry.name())) {
      json.addProperty("by", by(entry));
    }
    return json;
  }

  private String by(Entry entry) {
    return entry
        .by()
        .or(() -> authors.of(entry.name(), entry.generation()))
        .orElse(entry.what().startsWith("device") ? "a device" : "an edit of the file");
  }

  /** When a datastore was changed last; empty if not since the start. */
  synchronized Optional<Instant> last(DatastoreName name) {
    return Optional.ofNullable(last.get(name));
  }

  private static String what(Optional<Datastore> before, Optional<Datastore> after) {
    if (before.isEmpty()) {
      return "created";
    }
    if (after.isEmpty()) {
      return "removed";
    }
    Datastore was = before.get();
    Datastore is = after.get();
    List<String> parts = new ArrayList<>();
    if (!was.maintenance().word().equals(is.maintenance().word())) {
      parts.add("mode " + was.maintenance().word() + " → " + is.maintenance().word());
    } else if (!was.maintenance().equals(is.maintenance())) {
      parts.add("mode " + is.maintenance().word() + " set again");
    }
    if (was.mountState() != is.mountState()) {
      parts.add(is.mountState().usable() ? "device mounted" : "device not mounted");
    }
    if (!was.settings().equals(is.settings())) {
      parts.add("settings");
    }
    return parts.isEmpty() ? "section" : String.join(", ", parts);
  }
}
