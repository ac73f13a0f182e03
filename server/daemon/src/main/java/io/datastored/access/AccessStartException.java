package io.datastored.access;

/**
 * An access start exception is thrown when a server cannot start with the rules that it was given.
 * Its message is a sentence for the operator. Immutable.
 */
public final class AccessStartException extends Exception {

  private static final long serialVersionUID = 1L;

  AccessStartException(String sentence) {
    super(sentence);
  }
}
