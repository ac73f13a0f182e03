package io.datastored.proof.checker;

import io.datastored.proof.history.Call;
import io.datastored.proof.history.Event;
import io.datastored.proof.history.History;
import io.datastored.proof.history.Kind;
import io.datastored.proof.history.Revision;
import io.datastored.proof.history.Use;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Each write happened once if it was answered as done, never if it was answered that nothing was
 * changed, and once or never if its outcome is unknown.
 *
 * <p>By datastore, what anybody saw of it in the order of its generations: each content in one run
 * only, and not a run of what was refused or nobody wrote; at the generation that was answered what
 * was written, and not before it; no older generation at a revision that has the answered one.
 */
final class WritesAsTold implements Checker {

  private static final String RULE = "writes as told";

  @Override
  public List<Finding> check(History history) {
    List<Finding> found = new ArrayList<>();
    Map<String, List<Event>> seen = new TreeMap<>();
    for (Event event : history.of(Kind.SEEN)) {
      seen.computeIfAbsent(event.datastore(), name -> new ArrayList<>()).add(event);
    }
    for (Use use : history.uses()) {
      if (use.isGranted() && use.granted().has("generation")) {
        seen.computeIfAbsent(use.datastore, name -> new ArrayList<>()).add(use.granted());
      }
    }
    for (String name : history.datastores()) {
      new OfOne(name, history.writes(name), seen.getOrDefault(name, List.of()), found).check();
    }
    return found;
  }

  /** The writes of one datastore and what was seen of it. */
  private record OfOne(String datastore, List<Call> writes, List<Event> seen, List<Finding> found) {

    void check() {
      Map<String, TreeMap<Long, Event>> byIncarnation = new TreeMap<>();
      for (Event event : seen) {
        byIncarnation
            .computeIfAbsent(event.text("incarnation"), name -> new TreeMap<>())
            .putIfAbsent(event.number("generation"), event);
      }
      Map<String, Call> byContent = new HashMap<>();
      writes.stream()
          .filter(write -> write.begin().has("content"))
          .forEach(write -> byContent.put(write.begin().text("content"), write));
      byIncarnation.values().forEach(versions -> runs(versions, byContent));
      generationsOfTheirOwn();
      TreeMap<Long, List<Call>> done = new TreeMap<>();
      writes.stream()
          .filter(write -> write.ended(Kind.WRITE_DONE))
          .forEach(
              write -> done.computeIfAbsent(generation(write), g -> new ArrayList<>()).add(write));
      for (Event event : seen) {
        asAnswered(event, done, byContent);
      }
    }

    private static long generation(Call done) {
      return done.end().orElseThrow().number("generation");
    }

    private void runs(TreeMap<Long, Event> versions, Map<String, Call> byContent) {
      Set<String> before = new HashSet<>();
      Event last = null;
      for (Event event : versions.values()) {
        if (!event.has("content")) {
          continue;
        }
        String content = event.text("content");
        if (last == null || !last.text("content").equals(content)) {
          Call write = byContent.get(content);
          if (!before.add(content)) {
            String what = "'" + content + "' came back after another content: it happened twice";
            report(what, write == null ? last : write.begin(), event);
          }
          if (write == null && !content.isEmpty()) {
            report("nobody wrote '" + content + "'", event, event);
          } else if (write != null && write.ended(Kind.WRITE_REFUSED)) {
            String what = "'" + content + "' was answered as not done, and is there";
            report(what, write.end().orElseThrow(), event);
          }
        }
        last = event;
      }
    }

    private void generationsOfTheirOwn() {
      Map<Long, Call> owners = new HashMap<>();
      for (Call write : writes) {
        if (write.ended(Kind.WRITE_DONE) && write.begin().has("content")) {
          Call other = owners.putIfAbsent(generation(write), write);
          if (other != null) {
            String what = "two writes were answered with one generation";
            report(what, other.end().orElseThrow(), write.end().orElseThrow());
          }
        }
      }
    }

    private void asAnswered(
        Event event, TreeMap<Long, List<Call>> done, Map<String, Call> byContent) {
      long generation = event.number("generation");
      Call ofIt = byContent.get(event.text("content"));
      if (ofIt != null && ofIt.ended(Kind.WRITE_DONE) && generation < generation(ofIt)) {
        String what = "it is there before the generation that was answered";
        report(what, ofIt.end().orElseThrow(), event);
      }
      for (Call write : done.getOrDefault(generation, List.of())) {
        String field = write.setsMode() ? "mode" : "content";
        if (event.has(field) && !event.text(field).equals(write.begin().text(field))) {
          String what = "the generation that was answered has another " + field;
          report(what, write.end().orElseThrow(), event);
        }
      }
      if (event.has("revision")) {
        Map.Entry<Long, List<Call>> newest = done.floorEntry(Revision.of(event).generation());
        if (newest != null && generation < newest.getKey()) {
          String what = "what was answered as done is not in a later revision";
          report(what, newest.getValue().get(0).end().orElseThrow(), event);
        }
      }
    }

    private void report(String what, Event first, Event second) {
      found.add(new Finding(RULE, datastore, what, first, second));
    }
  }
}
