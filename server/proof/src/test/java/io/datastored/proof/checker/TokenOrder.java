package io.datastored.proof.checker;

import io.datastored.proof.history.Event;
import io.datastored.proof.history.History;
import io.datastored.proof.history.Span;
import io.datastored.proof.history.Use;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A fencing token belongs to one lease; at one replica it rises from grant to grant; and every
 * lease that was asked for after DRAINED has a higher one than all that were granted before.
 *
 * <p>Each grant beside the highest token of those that were answered before it was asked for. A
 * handle of a library shares leases and may have joined somebody else's question, so for those
 * tokens only never go back from one handle to the next of a holder.
 */
final class TokenOrder implements Checker {

  private static final String RULE = "tokens";

  @Override
  public List<Finding> check(History history) {
    List<Use> granted =
        history.uses().stream().filter(use -> use.isGranted() && use.token() > 0).toList();
    List<Finding> found = new ArrayList<>();
    unique(granted, found);
    Map<String, List<Use>> byReplica = new HashMap<>();
    for (Use use : granted) {
      byReplica.computeIfAbsent(replica(use), name -> new ArrayList<>()).add(use);
    }
    byReplica
        .values()
        .forEach(
            of -> {
              Predicate<Use> ownQuestion = use -> !use.isCached() && !use.saysWhetherAlive();
              rises(of.stream().filter(ownQuestion).toList(), found);
              neverGoesBack(of.stream().filter(Use::saysWhetherAlive).toList(), found);
            });
    for (String name : history.datastores()) {
      List<Use> here = granted.stream().filter(use -> use.datastore.equals(name)).toList();
      Span.drained(history, name).forEach(span -> passesTheSeal(here, span, found));
    }
    return found;
  }

  private static String replica(Use use) {
    return use.granted().text("replica");
  }

  private static void unique(List<Use> granted, List<Finding> found) {
    Map<Long, Use> owners = new HashMap<>();
    Map<String, Use> leases = new HashMap<>();
    for (Use use : granted) {
      Use owner = owners.putIfAbsent(use.token(), use);
      if (owner != null && !owner.lease().equals(use.lease())) {
        String what = use + " has the token " + use.token() + " of another lease, " + owner;
        found.add(finding(what, use, owner.granted()));
      }
      Use same = leases.putIfAbsent(use.lease(), use);
      if (same != null && same.token() != use.token()) {
        String what = use + " has another token of the same lease than " + same;
        found.add(finding(what, use, same.granted()));
      }
    }
  }

  private static void rises(List<Use> granted, List<Finding> found) {
    for (var pair :
        HighestBefore.of(
            granted, use -> use.asked.nanos(), use -> use.granted().nanos(), Use::token)) {
      Use use = pair.one();
      Use highest = pair.highest();
      if (use.token() <= highest.token() && !use.lease().equals(highest.lease())) {
        String what =
            use + " has token " + use.token() + ", asked for after " + highest.token() + " came";
        found.add(finding(what, use, highest.granted()));
      }
    }
  }

  private static void neverGoesBack(List<Use> handles, List<Finding> found) {
    Map<String, Use> last = new HashMap<>();
    for (Use use : handles) {
      Use before = last.put(use.worker + " " + use.datastore + " " + use.operation, use);
      if (before != null
          && before.token() > use.token()
          && before.granted().nanos() < use.asked.nanos()) {
        String what = use + " has token " + use.token() + " after " + before.token();
        found.add(finding(what, use, before.granted()));
      }
    }
  }

  private static void passesTheSeal(List<Use> granted, Span drained, List<Finding> found) {
    long told = drained.first().nanos();
    List<Use> sealed = granted.stream().filter(use -> drained.refuses(use.operation)).toList();
    Use highest =
        sealed.stream()
            .filter(use -> use.granted().nanos() < told)
            .reduce(null, TokenOrder::higher, TokenOrder::higher);
    for (Use use : sealed) {
      if (highest != null && use.asked.nanos() > told && use.token() <= highest.token()) {
        String what =
            "%s has token %d after DRAINED at %d, and before it there was %d"
                .formatted(use, use.token(), told, highest.token());
        found.add(finding(what, use, highest.granted()));
      }
    }
  }

  private static Use higher(Use one, Use other) {
    return one == null || (other != null && other.token() > one.token()) ? other : one;
  }

  private static Finding finding(String what, Use use, Event first) {
    return new Finding(RULE, use.datastore, what, first, use.granted());
  }
}
