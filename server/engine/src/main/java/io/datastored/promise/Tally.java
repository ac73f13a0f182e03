package io.datastored.promise;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.util.EnumSet;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** A tally counts events by kind, from the start of the server. Thread-safe. */
public final class Tally<E extends Enum<E>> {

  private final ImmutableMap<E, LongAdder> counts;

  /** One that has counted nothing. */
  public Tally(Class<E> kinds) {
    this.counts = Maps.toMap(EnumSet.allOf(kinds), kind -> new LongAdder());
  }

  /** Counts an event. */
  public void add(E kind) {
    Objects.requireNonNull(counts.get(kind)).increment();
  }

  /** How many events there were. */
  public long total() {
    return counts.values().stream().mapToLong(LongAdder::sum).sum();
  }

  /** How often each has happened, by its word: {@code outcome_unknown}. */
  public ImmutableMap<String, Long> byWord() {
    ImmutableMap.Builder<String, Long> words = ImmutableMap.builder();
    counts.forEach((kind, count) -> words.put(Ascii.toLowerCase(kind.name()), count.sum()));
    return words.buildOrThrow();
  }
}
