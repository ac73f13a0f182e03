package io.datastored.promise;

/**
 * An authority is the leave by which a server promises. Thread-safe, and cheap: it is asked before
 * each promise.
 */
@FunctionalInterface
public interface Authority {

  /** Of a server that is alone on its state directory, which its kernel lock makes sure of. */
  Authority LONE = () -> true;

  /**
   * Whether this server may promise anything at this moment. To be asked after an operation was
   * counted: asked before, the authority could end in between, others stop waiting for this server,
   * find nothing, and only then the operation begin.
   */
  boolean holds();
}
