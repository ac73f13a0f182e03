package io.datastored.proof.checker;

import io.datastored.proof.history.Event;
import io.datastored.proof.history.History;
import io.datastored.proof.history.Kind;
import io.datastored.proof.history.Revision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The sums of {@code generations} lose nothing and repeat nothing: whoever watches all datastores
 * gets from one revision to the next by exactly as many generations as the frame says, over all its
 * streams and replicas.
 *
 * <p>For each watcher the revision it had, plus the frame's count, is the revision of the frame. A
 * snapshot begins anew; only it may bring another history. A watch of some datastores counts only
 * the generations that touch them, so there the count is at most the difference.
 */
final class GenerationSums implements Checker {

  private static final String RULE = "generation sums";

  @Override
  public List<Finding> check(History history) {
    List<Finding> found = new ArrayList<>();
    Map<String, Event> last = new HashMap<>();
    for (Event frame : history.of(Kind.DELIVERED)) {
      Event before = last.put(frame.who() + " " + frame.text("scope"), frame);
      if (frame.text("frame").equals("snapshot")) {
        continue;
      }
      if (before == null) {
        String what = frame.who() + " got a frame that rests on nothing";
        found.add(new Finding(RULE, "", what, frame, frame));
        continue;
      }
      Revision was = Revision.of(before);
      Revision is = Revision.of(frame);
      long counted = frame.number("generations", 0);
      long made = is.generation() - was.generation();
      if (!was.incarnation().equals(is.incarnation())) {
        String what = frame.who() + " came from " + was + " to " + is + " without a snapshot";
        found.add(new Finding(RULE, "", what, before, frame));
      } else if (watchesAll(frame) ? counted != made : counted < 0 || counted > made) {
        String what =
            "%s came from %s to %s, which is %d generations, by a frame that counts %d"
                .formatted(frame.who(), was, is, made, counted);
        found.add(new Finding(RULE, "", what, before, frame));
      }
    }
    return found;
  }

  private static boolean watchesAll(Event frame) {
    return !frame.has("scope") || frame.text("scope").equals("all");
  }
}
