package io.datastored.cli.command;

import java.util.Map;

/**
 * The caller's locale is the one that the launcher found and replaced: it runs Java in {@code
 * C.UTF-8}, so that names of files outside ASCII keep their bytes whatever the locale is.
 * Stateless.
 */
final class CallersLocale {

  private static final String LOCALE = "LC_ALL";

  /** Set by the launcher: an equals sign and the value of the caller, or empty when it had none. */
  private static final String KEPT = "DATASTORED_CALLER_LC_ALL";

  private CallersLocale() {}

  /** Gives a child process the locale of who called the launcher. */
  static void restore(Map<String, String> environment) {
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
