package io.datastored.config;

/**
 * A parse error is the position and the reason why the text of a property is invalid. Immutable.
 *
 * <p>It is checked and has no stack trace. It does not leave the room: the parser converts it to a
 * {@link ConfigFault}.
 */
public final class ParseError extends Exception {

  private static final long serialVersionUID = 1L;

  private final int offset;
  private final String reason;

  /**
   * Creates an error.
   *
   * @param offset characters from the start of the value
   * @param reason the end of a sentence that starts with the property
   */
  ParseError(int offset, String reason) {
    super(reason, null, false, false);
    this.offset = offset;
    this.reason = reason;
  }

  public int offset() {
    return offset;
  }

  public String reason() {
    return reason;
  }
}
