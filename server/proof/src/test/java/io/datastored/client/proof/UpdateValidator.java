package io.datastored.client.proof;

import io.datastored.client.proof.Following.Seen;
import io.datastored.client.proof.Following.Told;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An update validator looks for what no client that follows the changes of a server may do.
 * Stateless.
 *
 * <ul>
 *   <li>P4: when all is quiet, to have another version of a datastore in memory than the server, or
 *       one too many or too few.
 *   <li>P3: to apply a frame that goes back, or to find an older version than before.
 *   <li>To take up another history, though the server's state was never lost.
 *   <li>Not to tell a listener of the last change of a datastore, or to tell it before what it
 *       finds in memory is the last version.
 * </ul>
 */
final class UpdateValidator {

  private UpdateValidator() {}

  /**
   * One sentence for each violation.
   *
   * @param truth what the server has, by name
   */
  static List<String> violations(Following following, Map<String, Version> truth) {
    List<String> found = new ArrayList<>();
    converged(following, truth, found);
    rises(following, found);
    toldOfAll(following, truth, found);
    sawTheLast(following, truth, found);
    return found;
  }

  private static void converged(
      Following following, Map<String, Version> truth, List<String> found) {
    Map<String, Version> memory = new TreeMap<>(following.memory());
    truth.forEach(
        (name, version) -> {
          Version there = memory.remove(name);
          if (!version.equals(there)) {
            found.add(
                "P4: " + following.who() + " has " + there + " of " + name + ", not " + version);
          }
        });
    memory.forEach(
        (name, version) -> found.add("P4: " + following.who() + " has " + name + " " + version));
  }

  private static void rises(Following following, List<String> found) {
    Told before = null;
    for (Told told : following.told()) {
      if (before != null && !told.incarnation().equals(before.incarnation())) {
        found.add("history: " + following.who() + " applied " + told + " after " + before);
      } else if (before != null && told.generation() < before.generation()) {
        found.add("P3: " + following.who() + " applied " + told + " after " + before);
      }
      before = told;
    }
    Map<String, Version> last = new HashMap<>();
    for (Seen seen : following.seen()) {
      Version older = last.put(seen.name(), seen.version());
      if (older != null && seen.version().generation() < older.generation()) {
        found.add("P3: " + following.who() + " saw " + seen + " after " + older);
      }
    }
  }

  private static void toldOfAll(
      Following following, Map<String, Version> truth, List<String> found) {
    Map<String, Long> told = new HashMap<>();
    for (Told frame : following.told()) {
      frame.names().forEach(name -> told.merge(name, frame.generation(), Math::max));
    }
    truth.forEach(
        (name, version) -> {
          long last = told.getOrDefault(name, 0L);
          if (last < version.generation()) {
            found.add(
                "listener: "
                    + following.who()
                    + " was told of "
                    + name
                    + " at "
                    + last
                    + ", not of "
                    + version);
          }
        });
  }

  private static void sawTheLast(
      Following following, Map<String, Version> truth, List<String> found) {
    Map<String, Version> last = new HashMap<>();
    following.seen().forEach(seen -> last.put(seen.name(), seen.version()));
    truth.forEach(
        (name, version) -> {
          if (!version.equals(last.get(name))) {
            found.add(
                "listener: "
                    + following.who()
                    + " last saw "
                    + last.get(name)
                    + " of "
                    + name
                    + ", not "
                    + version);
          }
        });
  }
}
