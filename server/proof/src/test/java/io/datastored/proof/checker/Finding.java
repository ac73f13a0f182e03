package io.datastored.proof.checker;

import io.datastored.proof.history.Event;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * A finding is one violation of a rule, for somebody who knows nothing else of the run: the rule,
 * the datastore, what is wrong, and the two events between which it shows, as they stand in the
 * histories. Immutable.
 *
 * @param rule its short name
 * @param datastore empty when it is about all
 * @param what what is wrong, a sentence
 * @param first the event that promised something
 * @param second the event that breaks it
 */
public record Finding(String rule, String datastore, String what, Event first, Event second) {

  @Override
  public String toString() {
    double seconds = (second.nanos() - first.nanos()) / (double) TimeUnit.SECONDS.toNanos(1);
    return String.format(
        Locale.ROOT,
        "%s%s: %s. First: [%s]; second, %.6f s %s: [%s]",
        rule,
        datastore.isEmpty() ? "" : ", " + datastore,
        what,
        first,
        Math.abs(seconds),
        seconds < 0 ? "earlier" : "later",
        second);
  }
}
