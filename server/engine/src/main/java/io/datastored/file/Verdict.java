package io.datastored.file;

/**
 * A verdict is what a check says about the content of a file: whether it can be used, what is in
 * it, and what to do about it if not. Immutable.
 *
 * @param sentence without the name of the file
 */
public record Verdict(Kind kind, String sentence) {

  /** How serious it is. */
  public enum Kind {
    /** It can be used. */
    WHOLE,
    /** It can be used or is not needed, but an operator should know something. */
    NOTE,
    /** It cannot be used, or by the wrong users. */
    FAULT
  }

  /** The verdict on a file that can be used. */
  public static Verdict whole(String content) {
    return new Verdict(Kind.WHOLE, content);
  }

  /** The verdict on a file about which an operator should know something. */
  public static Verdict note(String sentence) {
    return new Verdict(Kind.NOTE, sentence);
  }

  /** The verdict on a file that cannot be used. */
  public static Verdict fault(String sentence) {
    return new Verdict(Kind.FAULT, sentence);
  }

  /** The verdict on a file whose content is damaged. */
  public static Verdict damaged(Exception why, String next) {
    return fault("damaged: %s. %s".formatted(why.getMessage(), next));
  }
}
