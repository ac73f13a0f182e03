package io.datastored.config;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Legacy prune settings are the {@code keep-*} numbers and the schedule that upstream now keeps in
 * prune jobs. Immutable. They are read and kept.
 *
 * @param schedule calendar event
 * @param keep how many snapshots to keep by which rule, each at least 1
 */
public record LegacyPrune(Optional<String> schedule, ImmutableMap<KeepRule, Integer> keep) {

  /** By which rule snapshots are kept. */
  public enum KeepRule {
    /** {@code keep-daily}. */
    DAILY("keep-daily"),
    /** {@code keep-hourly}. */
    HOURLY("keep-hourly"),
    /** {@code keep-last}. */
    LAST("keep-last"),
    /** {@code keep-monthly}. */
    MONTHLY("keep-monthly"),
    /** {@code keep-weekly}. */
    WEEKLY("keep-weekly"),
    /** {@code keep-yearly}. */
    YEARLY("keep-yearly");

    private final String key;

    KeepRule(String key) {
      this.key = key;
    }

    /** Returns the key in the file. */
    public String key() {
      return key;
    }
  }

  /** Keeps nothing, as good as absent. */
  public static final LegacyPrune EMPTY = new LegacyPrune(Optional.empty(), ImmutableMap.of());

  /** Puts the rules in one order. */
  public LegacyPrune {
    keep = Maps.immutableEnumMap(keep);
  }

  /** Returns how many snapshots a rule keeps, if it is set. */
  public OptionalInt keep(KeepRule rule) {
    Integer count = keep.get(rule);
    return count == null ? OptionalInt.empty() : OptionalInt.of(count);
  }

  /** Returns these settings with one rule set. */
  public LegacyPrune with(KeepRule rule, int count) {
    Map<KeepRule, Integer> next = new EnumMap<>(KeepRule.class);
    next.putAll(keep);
    next.put(rule, count);
    return new LegacyPrune(schedule, ImmutableMap.copyOf(next));
  }

  /** Returns these settings with a schedule. */
  public LegacyPrune withSchedule(String next) {
    return new LegacyPrune(Optional.of(next), keep);
  }

  /** Returns these settings without one rule. */
  public LegacyPrune without(KeepRule rule) {
    Map<KeepRule, Integer> next = new EnumMap<>(KeepRule.class);
    next.putAll(keep);
    next.remove(rule);
    return new LegacyPrune(schedule, ImmutableMap.copyOf(next));
  }

  /** Returns these settings without a schedule. */
  public LegacyPrune withoutSchedule() {
    return new LegacyPrune(Optional.empty(), keep);
  }

  void check(FaultCollector faults) {
    CalendarEvent.check("prune-schedule", schedule, faults);
    keep.forEach(
        (rule, count) -> faults.range(rule.key(), OptionalInt.of(count), 1, Integer.MAX_VALUE));
  }
}
