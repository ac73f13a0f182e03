package io.datastored.config;

/** A user id is a user name and a realm, {@code name@realm}. Immutable. */
public final class UserId {

  private UserId() {}

  /** Whether a text has the form of a user id, regardless of its length. */
  public static boolean matches(String text) {
    int at = text.lastIndexOf('@');
    if (at < 1 || !IdSyntax.matches(text, at + 1, text.length())) {
      return false;
    }
    for (int i = 0; i < at; i++) {
      char c = text.charAt(i);
      if (Blank.is(c) || c < ' ' || c == 0x7F || c == ':' || c == '/') {
        return false;
      }
    }
    return true;
  }
}
