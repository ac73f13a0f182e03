package io.datastored.cli.command;

import java.util.Map;

/**
 * The caller's locale is the locale that the launcher replaced: it runs Java in {@code C.UTF-8}, so
 * that file names outside ASCII keep their bytes in every locale. Stateless.
 */
public final class CallersLocale {

  private static final String LOCALE = "LC_ALL";

  /**
   * Set by the launcher: an equals sign and the caller's value, or empty if the caller had none.
   */
  private static final String KEPT = "DATASTORED_CALLER_LC_ALL";

  private CallersLocale() {}

  /** Restores the locale of the launcher's caller for a child process. */
  public static void restore(Map<String, String> environment) {
    String kept = environment.remove(KEPT);
    if (kept == null) {
      return; // Not started by the launcher.
    }
    if (kept.startsWith("=")) {
      environment.put(LOCALE, kept.substring(1));
    } else {
      environment.remove(LOCALE);
    }
  }
}
