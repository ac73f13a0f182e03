package io.datastored.engine;

/**
 * An engine start exception is thrown when an engine cannot start. Its message is one sentence for
 * the operator.
 */
public final class EngineStartException extends Exception {

  private static final long serialVersionUID = 1L;

  public EngineStartException(String message) {
    super(message);
  }

  public EngineStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
