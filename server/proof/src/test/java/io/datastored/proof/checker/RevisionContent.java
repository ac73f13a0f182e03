package io.datastored.proof.checker;

import io.datastored.proof.history.Event;
import io.datastored.proof.history.History;
import io.datastored.proof.history.Kind;
import io.datastored.proof.history.Revision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A revision has one content, at every replica and client; and what a client has never goes back,
 * nor to a history that it left.
 *
 * <p>The first digest that anybody reports of a revision is compared with all others, and so are
 * mode and content of each generation of a datastore. For each process, the last revision it had
 * and the incarnations before.
 */
final class RevisionContent implements Checker {

  private static final String RULE = "revisions";

  @Override
  public List<Finding> check(History history) {
    List<Finding> found = new ArrayList<>();
    Map<String, Event> revisions = new HashMap<>();
    Map<String, Event> versions = new HashMap<>();
    Map<String, Event> last = new HashMap<>();
    Map<String, Set<String>> left = new HashMap<>();
    Map<String, Event> lastSeen = new HashMap<>();
    for (Event event : history.events()) {
      switch (event.kind()) {
        case DELIVERED, STATE -> {
          sameDigest(revisions, event, found);
          neverBack(last, left, event, found);
        }
        case SEEN -> {
          sameVersion(versions, event.datastore(), event, found);
          Event before = lastSeen.put(event.who() + " " + event.datastore(), event);
          if (before != null && event.number("generation") < before.number("generation")) {
            String what = event.who() + " saw an older generation than before";
            found.add(new Finding(RULE, event.datastore(), what, before, event));
          }
        }
        default -> {
          // Says nothing of a revision, or is looked at below.
        }
      }
    }
    history.uses().stream()
        .filter(use -> use.isGranted() && use.granted().has("generation"))
        .forEach(use -> sameVersion(versions, use.datastore, use.granted(), found));
    hitsRise(history, found);
    return found;
  }

  private static void sameDigest(Map<String, Event> revisions, Event event, List<Finding> found) {
    Event first = revisions.putIfAbsent(event.text("revision") + " " + event.text("scope"), event);
    if (first != null && !first.text("digest").equals(event.text("digest"))) {
      String what = "revision " + event.text("revision") + " has two contents";
      found.add(new Finding(RULE, "", what, first, event));
    }
  }

  private static void sameVersion(
      Map<String, Event> versions, String datastore, Event event, List<Finding> found) {
    String generation = event.text("incarnation") + " " + event.number("generation");
    Event first = versions.putIfAbsent(datastore + " " + generation, event);
    if (first != null && (differ("mode", first, event) || differ("content", first, event))) {
      String what = "generation " + event.number("generation") + " has two contents";
      found.add(new Finding(RULE, datastore, what, first, event));
    }
  }

  private static boolean differ(String field, Event one, Event other) {
    return one.has(field) && other.has(field) && !one.text(field).equals(other.text(field));
  }

  private static void neverBack(
      Map<String, Event> last, Map<String, Set<String>> left, Event event, List<Finding> found) {
    String process = event.who() + " " + event.text("scope");
    Event before = last.put(process, event);
    if (before == null) {
      return;
    }
    Revision was = Revision.of(before);
    Revision is = Revision.of(event);
    if (was.incarnation().equals(is.incarnation())) {
      if (is.generation() < was.generation()) {
        String what = event.who() + " went back from " + was + " to " + is;
        found.add(new Finding(RULE, "", what, before, event));
      }
    } else {
      Set<String> of = left.computeIfAbsent(process, name -> new HashSet<>());
      of.add(was.incarnation());
      if (of.contains(is.incarnation())) {
        String what = event.who() + " went back to a history that it left, " + is;
        found.add(new Finding(RULE, "", what, before, event));
      }
    }
  }

  /** Of two answers from memory of which one ended before the other began. */
  private static void hitsRise(History history, List<Finding> found) {
    Map<String, List<Event>> byMemory = new HashMap<>();
    for (Event hit : history.of(Kind.HIT)) {
      byMemory.computeIfAbsent(hit.who() + " " + hit.datastore(), of -> new ArrayList<>()).add(hit);
    }
    for (List<Event> hits : byMemory.values()) {
      for (var pair :
          HighestBefore.of(hits, Event::nanos, Event::ended, hit -> hit.number("generation"))) {
        Event hit = pair.one();
        if (hit.number("generation") < pair.highest().number("generation")) {
          String what = hit.who() + " answered from an older memory than before";
          found.add(new Finding(RULE, hit.datastore(), what, pair.highest(), hit));
        }
      }
    }
  }
}
