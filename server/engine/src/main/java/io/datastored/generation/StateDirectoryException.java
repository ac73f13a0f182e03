package io.datastored.generation;

/**
 * A state directory exception says, in one sentence for an operator, why a state directory cannot
 * be used.
 */
public final class StateDirectoryException extends Exception {

  private static final long serialVersionUID = 1L;

  StateDirectoryException(String message) {
    super(message);
  }

  StateDirectoryException(String message, Throwable cause) {
    super(message, cause);
  }
}
