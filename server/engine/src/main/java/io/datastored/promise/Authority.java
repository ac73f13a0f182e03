package io.datastored.promise;

/**
 * An authority decides whether a server may make promises at this moment. Thread-safe, and cheap:
 * it is checked before each promise.
 */
@FunctionalInterface
public interface Authority {

  /** The authority of a server that is alone on its state directory, as its kernel lock ensures. */
  Authority LONE = () -> true;

  /**
   * Whether this server may promise anything at this moment. Call it after an operation was
   * counted. If it were called before, the authority could end in between, other servers could stop
   * waiting for this one and find nothing in progress, and only then would the operation start.
   */
  boolean holds();
}
