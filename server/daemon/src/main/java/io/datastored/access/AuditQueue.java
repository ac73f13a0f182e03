package io.datastored.access;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterables;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;

/**
 * An audit queue is the events that are not written yet, oldest first. Thread-safe: under its lock,
 * which is held briefly. It is bounded; an event that finds no room is lost and counted, so what it
 * keeps of a long interruption is the beginning.
 */
final class AuditQueue {

  /**
   * An entry is an event that waits to be written. Immutable.
   *
   * @param time when it happened, by the wall clock
   * @param since since when it waits, by the ticker
   */
  record Entry(AuditEvent event, Instant time, long since) {}

  private final int maxLines;
  private final long maxBytes;

  @GuardedBy("this")
  private final Deque<Entry> waiting = new ArrayDeque<>();

  @GuardedBy("this")
  private long bytes;

  @GuardedBy("this")
  private long lost;

  AuditQueue(int maxLines, long maxBytes) {
    this.maxLines = maxLines;
    this.maxBytes = maxBytes;
  }

  /**
   * Adds an entry, or counts it as lost.
   *
   * @return whether it is the only one
   */
  synchronized boolean add(Entry entry) {
    long weight = entry.event().weight();
    if (waiting.size() >= maxLines || bytes + weight > maxBytes) {
      lost++;
      return false;
    }
    waiting.addLast(entry);
    bytes += weight;
    return waiting.size() == 1;
  }

  /** The oldest entries, at most so many; they stay until {@link #written}. */
  synchronized ImmutableList<Entry> first(int most) {
    return ImmutableList.copyOf(Iterables.limit(waiting, most));
  }

  /** Removes the oldest entries. */
  synchronized void written(int count) {
    for (int each = 0; each < count; each++) {
      bytes -= waiting.removeFirst().event().weight();
    }
  }

  /** Since when the oldest entry waits; empty if there is none. */
  synchronized OptionalLong waitingSince() {
    Entry oldest = waiting.peekFirst();
    return oldest == null ? OptionalLong.empty() : OptionalLong.of(oldest.since());
  }

  synchronized int size() {
    return waiting.size();
  }

  /** The number of lost events that are not reported yet. */
  synchronized long lost() {
    return lost;
  }

  /** Takes note that so many lost events are reported. */
  synchronized void reported(long count) {
    lost -= count;
  }
}
