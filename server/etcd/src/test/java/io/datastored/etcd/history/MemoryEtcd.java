package io.datastored.etcd.history;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.protobuf.ByteString;
import io.datastored.etcd.client.KeyRange;
import io.datastored.etcd.history.KeyValues.Answer;
import io.datastored.etcd.history.KeyValues.Change;
import io.datastored.etcd.history.KeyValues.Condition;
import io.datastored.etcd.history.KeyValues.Entry;
import io.datastored.etcd.history.KeyValues.Page;
import io.datastored.etcd.history.KeyValuesException.Kind;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/**
 * A model of etcd in memory: revisions, reads at old revisions, transactions, compaction, backups,
 * and watches that may lose what they should report. Thread-safe: a watch reports on the thread
 * that makes the change.
 */
final class MemoryEtcd {

  /** What etcd has at one revision. */
  private record Version(
      long revision, NavigableMap<String, Entry> entries, List<Change> changes) {}

  private static final class Watcher {
    final String prefix;
    final KeyValues.Listener listener;
    final long from;
    boolean over;

    Watcher(String prefix, long from, KeyValues.Listener listener) {
      this.prefix = prefix;
      this.from = from;
      this.listener = listener;
    }
  }

  @GuardedBy("this")
  private final List<Version> versions = new ArrayList<>();

  @GuardedBy("this")
  private final List<Watcher> watchers = new ArrayList<>();

  @GuardedBy("this")
  private long compacted;

  @GuardedBy("this")
  private LongPredicate lost = revision -> false;

  /** How many bytes of values one answer may have. */
  @GuardedBy("this")
  private long mostBytes = Long.MAX_VALUE;

  MemoryEtcd() {
    versions.add(new Version(1, new TreeMap<>(), List.of()));
  }

  /** A connection of one server. */
  KeyValues connect() {
    return new KeyValues() {
      @Override
      public Page range(KeyRange range, long revision, int limit) throws KeyValuesException {
        return MemoryEtcd.this.range(range, revision, limit);
      }

      @Override
      public Answer commit(List<Condition> when, List<Change> then) throws KeyValuesException {
        return MemoryEtcd.this.commit(when, then);
      }

      @Override
      public Watch watch(String prefix, long from, Listener listener) {
        return MemoryEtcd.this.watch(prefix, from, listener);
      }

      @Override
      public void close() {}
    };
  }

  private synchronized Version newest() {
    return versions.get(versions.size() - 1);
  }

  private synchronized Page range(KeyRange range, long revision, int limit)
      throws KeyValuesException {
    String from = range.start().toStringUtf8();
    String end = range.end().toStringUtf8();
    Version present = newest();
    if (revision != 0 && revision < compacted) {
      throw new KeyValuesException(Kind.COMPACTED, "required revision has been compacted");
    }
    Version version = revision == 0 ? present : at(revision);
    NavigableMap<String, Entry> found =
        end.isEmpty()
            ? version.entries().subMap(from, true, from, true)
            : version.entries().subMap(from, true, end, false);
    List<Entry> page = found.values().stream().limit(limit).toList();
    if (page.stream().mapToLong(entry -> entry.value().length).sum() > mostBytes) {
      throw new KeyValuesException(Kind.TOO_LARGE, "message exceeds maximum size");
    }
    Optional<KeyRange> rest =
        found.size() == page.size()
            ? Optional.empty()
            : Optional.of(range.after(ByteString.copyFromUtf8(page.get(page.size() - 1).key())));
    return new Page(present.revision(), page, rest);
  }

  @GuardedBy("this")
  private Version at(long revision) throws KeyValuesException {
    return versions.stream()
        .filter(version -> version.revision() == revision)
        .findFirst()
        .orElseThrow(() -> new KeyValuesException(Kind.OTHER, "a revision of the future"));
  }

  private synchronized Answer commit(List<Condition> when, List<Change> then)
      throws KeyValuesException {
    if (when.size() > 128 || then.size() > 128) {
      throw new KeyValuesException(Kind.TOO_LARGE, "too many operations in txn request");
    }
    NavigableMap<String, Entry> entries = newest().entries();
    for (Condition condition : when) {
      Entry entry = entries.get(condition.key());
      if ((entry == null ? 0 : entry.modified()) != condition.modified()) {
        return new Answer(false, newest().revision());
      }
    }
    change(then);
    return new Answer(true, newest().revision());
  }

  /** Changes keys as somebody who does not ask anybody: {@code etcdctl}. */
  synchronized void change(List<Change> changes) {
    long revision = newest().revision() + 1;
    NavigableMap<String, Entry> next = new TreeMap<>(newest().entries());
    List<Change> done = new ArrayList<>();
    for (Change change : changes) {
      if (change.value().isPresent()) {
        Entry old = next.get(change.key());
        long created = old == null ? revision : old.created();
        next.put(change.key(), new Entry(change.key(), change.value().get(), created, revision));
        done.add(change);
      } else if (next.remove(change.key()) != null) {
        done.add(change);
      }
    }
    if (!done.isEmpty()) {
      Version version = new Version(revision, next, done);
      versions.add(version);
      List.copyOf(watchers).forEach(watcher -> report(watcher, version));
    }
  }

  void put(String key, byte[] value) {
    change(List.of(new Change(key, Optional.of(value))));
  }

  void delete(String key) {
    change(List.of(new Change(key, Optional.empty())));
  }

  /** Deletes all keys with a prefix, at once. */
  synchronized void wipe(String prefix) {
    change(
        newest().entries().keySet().stream()
            .filter(key -> key.startsWith(prefix))
            .map(key -> new Change(key, Optional.<byte[]>empty()))
            .toList());
  }

  synchronized Optional<byte[]> get(String key) {
    return Optional.ofNullable(newest().entries().get(key)).map(Entry::value);
  }

  synchronized List<String> keys(String prefix) {
    return newest().entries().keySet().stream().filter(key -> key.startsWith(prefix)).toList();
  }

  synchronized long revision() {
    return newest().revision();
  }

  @GuardedBy("this")
  private void report(Watcher watcher, Version version) {
    List<Change> changes =
        version.changes().stream()
            .filter(change -> change.key().startsWith(watcher.prefix))
            .toList();
    if (!watcher.over
        && version.revision() >= watcher.from
        && !changes.isEmpty()
        && !lost.test(version.revision())) {
      watcher.listener.changed(version.revision(), changes);
    }
  }

  private synchronized KeyValues.Watch watch(
      String prefix, long from, KeyValues.Listener listener) {
    Watcher watcher = new Watcher(prefix, from, listener);
    if (from <= compacted) {
      listener.ended(
          new KeyValuesException(Kind.COMPACTED, "required revision has been compacted"));
      return () -> {};
    }
    watchers.add(watcher);
    versions.forEach(version -> report(watcher, version));
    return () -> end(watcher);
  }

  private synchronized void end(Watcher watcher) {
    watcher.over = true;
    watchers.remove(watcher);
  }

  /** Refuses reads of more than so many bytes. */
  synchronized void answerAtMost(long bytes) {
    mostBytes = bytes;
  }

  /** Loses the reports of revisions. */
  synchronized void lose(LongPredicate revisions) {
    lost = revisions;
  }

  /** Forgets everything before the present revision. */
  synchronized void compact() {
    compacted = newest().revision();
    versions.subList(0, versions.size() - 1).clear();
  }

  /** Ends all watches. */
  synchronized void endWatches(Kind why) {
    for (Iterator<Watcher> each = List.copyOf(watchers).iterator(); each.hasNext(); ) {
      Watcher watcher = each.next();
      end(watcher);
      watcher.listener.ended(new KeyValuesException(why, "the watch was cancelled"));
    }
  }

  synchronized int watches() {
    return watchers.size();
  }

  /** Sets etcd back to an earlier revision, as a restore of a backup does. Watches stay silent. */
  synchronized void restore(long revision) {
    versions.removeIf(version -> version.revision() > revision);
    watchers.clear();
  }
}
