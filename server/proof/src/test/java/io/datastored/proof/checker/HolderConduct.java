package io.datastored.proof.checker;

import io.datastored.proof.history.Event;
import io.datastored.proof.history.History;
import io.datastored.proof.history.Kind;
import io.datastored.proof.history.Use;
import java.util.ArrayList;
import java.util.List;

/**
 * A holder does not go on with what is over, and has nothing to complain of. The first would not be
 * the server's fault, but then the history proves nothing about it.
 *
 * <p>For each use, its events in order: none of use after the promised time, after the release or
 * after the loss; no complaint.
 */
final class HolderConduct implements Checker {

  private static final String RULE = "conduct";

  @Override
  public List<Finding> check(History history) {
    List<Finding> found = new ArrayList<>();
    for (Use use : history.uses()) {
      for (Event event : use.tooLate()) {
        String what = use + " was used, or said that it is alive, when it was over";
        found.add(new Finding(RULE, use.datastore, what, use.granted(), event));
      }
      for (Event event : use.events()) {
        if (event.kind() == Kind.COMPLAINT) {
          String what = use + " complains: " + event.text("what");
          found.add(new Finding(RULE, use.datastore, what, use.asked, event));
        }
      }
    }
    return found;
  }
}
