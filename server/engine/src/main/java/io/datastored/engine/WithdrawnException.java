package io.datastored.engine;

/**
 * A withdrawn exception says that nobody wants a write any more whose commit had not begun: nothing
 * was written.
 */
final class WithdrawnException extends Exception {

  private static final long serialVersionUID = 1L;
}
