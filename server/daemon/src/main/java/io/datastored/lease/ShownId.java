package io.datastored.lease;

/**
 * A shown id is the beginning of the id of a lease or session, for those who may not use it: enough
 * to tell it from others, too little to use it. Stateless.
 *
 * <p>An id that this server made begins with a number that no other one has, and the secret
 * follows; so no two of them look the same. Ids that clients choose differ in their first half if
 * they are random.
 */
public final class ShownId {

  /** The numbers of {@link LeaseIds} and {@link SessionIds} fit, and no more of a long id. */
  private static final int LONGEST = 24;

  private ShownId() {}

  /** At most the first half of an id, and three dots. */
  public static String of(String id) {
    return id.substring(0, Math.min(LONGEST, id.length() / 2)) + "...";
  }
}
