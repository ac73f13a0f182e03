package io.datastored.engine;

/** A refused exception says that a lookup was refused, to a caller who wanted a handle. */
public final class RefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Refused refused;

  RefusedException(Refused refused) {
    super(refused.detail());
    this.refused = refused;
  }

  /** The refusal, with everything that is known about it. */
  public Refused refused() {
    return refused;
  }
}
