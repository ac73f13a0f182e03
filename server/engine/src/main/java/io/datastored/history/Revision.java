package io.datastored.history;

/**
 * A revision is one position in one history of a server's configuration and availability.
 * Immutable.
 *
 * <p>Processes exchange revisions, never bare generations: a generation has no meaning without its
 * history.
 */
public record Revision(Incarnation incarnation, Generation generation) {

  /** Whether {@code other} belongs to the same history, so that generations can be compared. */
  public boolean sameHistory(Revision other) {
    return incarnation.equals(other.incarnation);
  }

  @Override
  public String toString() {
    return incarnation + "/" + generation;
  }
}
