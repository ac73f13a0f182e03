package io.datastored.engine;

/** A refused exception is thrown when a handle is requested from a lookup that was refused. */
public final class RefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Refused refused;

  RefusedException(Refused refused) {
    super(refused.detail());
    this.refused = refused;
  }

  /** The refusal, with all its details. */
  public Refused refused() {
    return refused;
  }
}
