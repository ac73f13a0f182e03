package io.datastored.service.page;

import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
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

  JsonArray json() {
    var json = new JsonArray();
    json.add(at.toEpochMilli());
    json.add(rounded(lookups));
    json.add(rounded(refusals.values().stream().mapToDouble(Double::doubleValue).sum()));
    json.add(shown(applied.map(AppliedTimes.Percentiles::half)));
    json.add(shown(applied.map(AppliedTimes.Percentiles::most)));
    json.add(sessions);
    json.add(watchers);
    json.add(blockers);
    var rates = new JsonObject();
    refusals.forEach((reason, rate) -> rates.addProperty(reason, rounded(rate)));
    json.add(rates);
    return json;
  }

  private static JsonElement shown(Optional<Double> value) {
    return value
        .<JsonElement>map(known -> new JsonPrimitive(rounded(known)))
        .orElse(JsonNull.INSTANCE);
  }

  private static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }
}
