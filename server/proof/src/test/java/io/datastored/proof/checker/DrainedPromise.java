package io.datastored.proof.checker;

import io.datastored.proof.history.Event;
import io.datastored.proof.history.History;
import io.datastored.proof.history.Kind;
import io.datastored.proof.history.Span;
import io.datastored.proof.history.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * P7: from DRAINED until somebody begins to change the mode, nothing that the mode refuses begins,
 * is used, or is valid.
 *
 * <p>For each DRAINED the time until the next request for a mode; for each granted use the time
 * from its grant to its end by its holder's word or clock. They must not meet. What a cache granted
 * without a handle counts when all of its span lies in that time.
 */
final class DrainedPromise implements Checker {

  private static final String RULE = "P7 drained promise";

  @Override
  public List<Finding> check(History history) {
    Map<String, List<Span>> drained = new TreeMap<>();
    history.datastores().forEach(name -> drained.put(name, Span.drained(history, name)));
    List<Finding> found = new ArrayList<>();
    for (Use use : history.uses()) {
      if (use.isGranted()) {
        long begin = use.granted().nanos();
        long end = use.end(history);
        for (Span span : drained.get(use.datastore)) {
          if (span.refuses(use.operation) && span.meets(begin, end)) {
            found.add(held(use, span, end));
          }
        }
      }
    }
    for (Event hit : history.of(Kind.HIT)) {
      for (Span span : drained.getOrDefault(hit.datastore(), List.of())) {
        if (span.refuses(hit.text("operation")) && span.covers(hit.nanos(), hit.ended())) {
          String what = hit.text("operation") + " was granted from memory while drained";
          found.add(new Finding(RULE, hit.datastore(), what, span.first(), hit));
        }
      }
    }
    return found;
  }

  private static Finding held(Use use, Span span, long end) {
    String until = end == Long.MAX_VALUE ? "for ever, nobody said that it ended" : "until " + end;
    String what =
        use
            + " was held from "
            + use.granted().nanos()
            + " "
            + until
            + ", while drained "
            + to(span);
    Event shown = use.granted().nanos() >= span.first().nanos() ? use.granted() : use.lastShown();
    return new Finding(RULE, use.datastore, what, span.first(), shown);
  }

  private static String to(Span span) {
    return span.to() == Long.MAX_VALUE ? "to the end" : "until " + span.to();
  }
}
