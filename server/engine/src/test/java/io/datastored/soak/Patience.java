package io.datastored.soak;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Patience is how long a test waits for what must come before it fails. Immutable.
 *
 * <p>Longer than any pause of a slow machine that has too much to do: who waits in vain has found a
 * fault, never a busy hour. Awaitility waits as long in every test, since JUnit finds this listener
 * by itself. The system property {@code patience.seconds} is for runs in which most waits are in
 * vain.
 */
public final class Patience implements LauncherSessionListener {

  public static final Duration LIMIT = Duration.ofSeconds(Long.getLong("patience.seconds", 60));

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    Awaitility.setDefaultTimeout(LIMIT);
  }
}
