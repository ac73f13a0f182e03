package io.datastored.config;

import java.util.regex.Pattern;

/** A UUID is the id of a file system, in lower-case hexadecimal digits. Immutable. */
public final class Uuid {

  private static final Pattern FORM =
      Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private Uuid() {}

  public static boolean matches(String text) {
    return FORM.matcher(text).matches();
  }
}
