package io.datastored.engine;

/** An engine start exception says, in one sentence for an operator, why an engine cannot start. */
public final class EngineStartException extends Exception {

  private static final long serialVersionUID = 1L;

  public EngineStartException(String message) {
    super(message);
  }

  public EngineStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
