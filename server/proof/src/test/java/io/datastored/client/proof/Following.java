package io.datastored.client.proof;

import io.datastored.client.AppliedFrame;
import io.datastored.v1.Revision;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A following is what one client was told of changes, in order, and what it had in memory when all
 * was quiet. Immutable.
 *
 * @param who the client
 * @param told what its listener was told, in order
 * @param seen what its listener then found in memory, in order
 * @param memory what was in memory at the end
 */
record Following(String who, List<Told> told, List<Seen> seen, Map<String, Version> memory) {

  /** A frame was applied. */
  record Told(String incarnation, long generation, Set<String> names) {
    static Told of(AppliedFrame frame) {
      Revision revision = frame.revision();
      return new Told(revision.getIncarnation(), revision.getGeneration(), frame.changed());
    }
  }

  /** The listener looked at a datastore that it was told of. */
  record Seen(String name, Version version) {}

  Following {
    told = List.copyOf(told);
    seen = List.copyOf(seen);
    memory = Map.copyOf(memory);
  }
}
