package io.datastored.history;

/**
 * A revision is one point in one history of a server's configuration and availability. Immutable.
 *
 * <p>Only revisions travel between processes, never a bare generation: a number means nothing
 * without its history.
 */
public record Revision(Incarnation incarnation, Generation generation) {

  /** Whether {@code other} is a point of the same history, so that generations can be compared. */
  public boolean sameHistory(Revision other) {
    return incarnation.equals(other.incarnation);
  }

  @Override
  public String toString() {
    return incarnation + "/" + generation;
  }
}
