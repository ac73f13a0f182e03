package io.datastored.service.page;

import java.time.Instant;
import java.util.Optional;

/**
 * A point is what the charts show of one interval. Immutable.
 *
 * @param at its end
 * @param lookups a second
 * @param refusals of them, a second
 * @param applied how soon clients applied changes; empty if none did
 * @param sessions at its end
 * @param watchers at its end
 * @param blockers what modes waited for at its end
 */
record Point(
    Instant at,
    double lookups,
    double refusals,
    Optional<AppliedTimes.Percentiles> applied,
    long sessions,
    long watchers,
    long blockers) {

  void write(JsonText json) {
    json.beginArray().value(at.toEpochMilli()).value(lookups).value(refusals);
    applied.ifPresentOrElse(
        times -> json.value(times.half()).value(times.most()), () -> json.nothing().nothing());
    json.value(sessions).value(watchers).value(blockers).endArray();
  }
}
