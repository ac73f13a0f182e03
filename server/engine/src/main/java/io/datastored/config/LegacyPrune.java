package io.datastored.config;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Legacy prune settings are the {@code keep-*} numbers and the schedule that upstream now keeps in
 * prune jobs. Immutable. They are read and preserved.
 *
 * @param schedule calendar event
 * @param keep the number of snapshots to keep by each rule, at least 1
 */
public record LegacyPrune(Optional<String> schedule, ImmutableMap<KeepRule, Long> keep) {

  /** The rules by which snapshots are kept. */
  public enum KeepRule {
    /** {@code keep-daily}. */
    DAILY,
    /** {@code keep-hourly}. */
    HOURLY,
    /** {@code keep-last}. */
    LAST,
    /** {@code keep-monthly}. */
    MONTHLY,
    /** {@code keep-weekly}. */
    WEEKLY,
    /** {@code keep-yearly}. */
    YEARLY;

    /** The key in the file. */
    public String key() {
      return "keep-" + EnumNames.word(this);
    }
  }

  /** No rules and no schedule, equivalent to absent. */
  public static final LegacyPrune EMPTY = new LegacyPrune(Optional.empty(), ImmutableMap.of());

  /** Sorts the rules. */
  public LegacyPrune {
    keep = Maps.immutableEnumMap(keep);
  }

  /** How many snapshots a rule keeps, if it is set. */
  public OptionalLong keep(KeepRule rule) {
    Long count = keep.get(rule);
    return count == null ? OptionalLong.empty() : OptionalLong.of(count);
  }

  /** These settings with one rule set. */
  public LegacyPrune with(KeepRule rule, long count) {
    Map<KeepRule, Long> next = new EnumMap<>(KeepRule.class);
    next.putAll(keep);
    next.put(rule, count);
    return new LegacyPrune(schedule, ImmutableMap.copyOf(next));
  }

  /** These settings with a schedule. */
  public LegacyPrune withSchedule(String next) {
    return new LegacyPrune(Optional.of(next), keep);
  }

  /** These settings without one rule. */
  public LegacyPrune without(KeepRule rule) {
    Map<KeepRule, Long> next = new EnumMap<>(KeepRule.class);
    next.putAll(keep);
    next.remove(rule);
    return new LegacyPrune(schedule, ImmutableMap.copyOf(next));
  }

  /** These settings without a schedule. */
  public LegacyPrune withoutSchedule() {
    return new LegacyPrune(Optional.empty(), keep);
  }

  void check(FaultCollector faults) {
    CalendarEvent.check("prune-schedule", schedule, faults);
    keep.forEach(
        (rule, count) -> {
          if (count < 1) {
            faults.add(rule.key(), "must be at least 1");
          }
        });
  }
}
