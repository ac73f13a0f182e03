package io.datastored.promise;

import com.google.common.collect.ImmutableList;
import io.datastored.history.Generation;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import java.time.Duration;
import java.util.Optional;

/**
 * Work is what a server counts on a datastore that its mode refuses. Immutable.
 *
 * @param since the generation that set the mode
 * @param counts operations in progress, of the kinds that the mode refuses
 * @param open how many of its processes hold the base directory open, although the mode closes it,
 *     without such an operation
 * @param sessions caching sessions that have not applied the mode
 * @param oldest some of it by name, the oldest first; only for people
 */
public record Work(
    Generation since,
    OperationCounts counts,
    long open,
    long sessions,
    ImmutableList<Item> oldest) {

  /** The work of a lease that is being taken over, and not counted yet. */
  public static final Work ARRIVING =
      new Work(Generation.NONE, OperationCounts.NONE, 0, 0, ImmutableList.of());

  /**
   * A lease or a session.
   *
   * @param id its id
   * @param principal the authenticated identity of its holder
   * @param program the name of its holder; empty if it reported none
   * @param operation of a lease
   * @param age since it was granted or opened
   * @param left until it ends, unless it is renewed
   */
  public record Item(
      Kind kind,
      String id,
      String principal,
      String program,
      Optional<Operation> operation,
      Duration age,
      Duration left) {

    /** What it is. */
    public enum Kind {
      LEASE,
      SESSION
    }
  }
}
