package io.datastored.config;

/** A UUID is the id of a file system, in lower-case hexadecimal digits. Immutable. */
public final class Uuid {

  private static final int LENGTH = 36;

  private Uuid() {}

  public static boolean matches(String text) {
    if (text.length() != LENGTH) {
      return false;
    }
    for (int i = 0; i < LENGTH; i++) {
      char c = text.charAt(i);
      boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
      boolean hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
      if (dash ? c != '-' : !hex) {
        return false;
      }
    }
    return true;
  }
}
