package io.datastored.service.page;

import com.google.common.collect.ImmutableMap;
import java.time.Instant;
import java.util.Optional;

/**
 * A point is what the charts show of one interval. Immutable.
 *
 * @param at its end
 * @param lookups a second
 * @param refusals of them, a second, by reason
 * @param applied how soon clients applied changes; empty if none did
 * @param sessions at its end
 * @param watchers at its end
 * @param blockers what modes waited for at its end
 */
record Point(
    Instant at,
    double lookups,
    ImmutableMap<String, Double> refusals,
    Optional<AppliedTimes.Percentiles> applied,
    long sessions,
    long watchers,
    long blockers) {

  void write(JsonText json) {
    double refused = refusals.values().stream().mapToDouble(Double::doubleValue).sum();
    json.beginArray().value(at.toEpochMilli()).value(lookups).value(refused);
    applied.ifPresentOrElse(
        times -> json.value(times.half()).value(times.most()), () -> json.nothing().nothing());
    json.value(sessions).value(watchers).value(blockers).beginObject();
    refusals.forEach((reason, rate) -> json.name(reason).value(rate));
    json.endObject().endArray();
  }
}
