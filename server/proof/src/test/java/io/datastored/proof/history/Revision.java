package io.datastored.proof.history;

/**
 * A revision is which generation of which history a content has. Immutable.
 *
 * @param incarnation which history
 * @param generation how many changes it had
 */
public record Revision(String incarnation, long generation) {

  /** The field {@code revision} of an event. */
  public static Revision of(Event event) {
    String text = event.text("revision");
    int colon = text.lastIndexOf(':');
    return new Revision(text.substring(0, colon), Long.parseLong(text.substring(colon + 1)));
  }

  @Override
  public String toString() {
    return incarnation + ":" + generation;
  }
}
