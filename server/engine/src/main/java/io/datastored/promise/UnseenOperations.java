package io.datastored.promise;

/**
 * Unseen operations are possible operations of another program; whether there are any is unknown.
 * Immutable.
 *
 * @param program its name
 * @param detail why they cannot be seen and what to do, for display; it contains nothing that
 *     changes by itself
 */
public record UnseenOperations(String program, String detail) {

  /** The problem in one sentence, without the reason. */
  public String sentence() {
    return "operations of " + program + " cannot be seen";
  }
}
