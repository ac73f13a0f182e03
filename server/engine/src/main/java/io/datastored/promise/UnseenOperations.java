package io.datastored.promise;

/**
 * Unseen operations are those of a neighbour, if there are any: that is not known. Immutable.
 *
 * @param program its name
 * @param detail why they cannot be seen and what to do, for people; nothing in it changes by itself
 */
public record UnseenOperations(String program, String detail) {

  /** What is the matter, without the reason. */
  public String sentence() {
    return "operations of " + program + " cannot be seen";
  }
}
