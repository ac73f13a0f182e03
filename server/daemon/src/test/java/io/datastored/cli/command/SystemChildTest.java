package io.datastored.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.datastored.soak.Patience;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SystemChildTest {

  private static SystemChild shell(String script) throws Exception {
    SystemChild child = SystemChild.start(ImmutableList.of("sh", "-c", script), ImmutableMap.of());
    await().until(() -> !child.family().isEmpty());
    return child;
  }

  @Test
  void terminate_ofAShell_endsTheProgramThatItRuns() throws Exception {
    SystemChild child = shell("sleep 300; echo never");
    ImmutableList<ProcessHandle> family = child.family();
    child.terminate();
    assertThat(child.endsWithin(Patience.LIMIT)).isTrue();
    assertThat(family).isNotEmpty().noneMatch(ProcessHandle::isAlive);
    assertThat(child.status()).isEqualTo(128 + 15);
  }

  @Test
  void kill_ofWhatIgnoresTheSignal_endsAllOfIt() throws Exception {
    // The one that ignores it outlives its shell, and that shell is told to end first.
    SystemChild child = shell("(trap '' TERM; exec sleep 300) & wait");
    ImmutableList<ProcessHandle> family = child.family();
    try {
      await()
          .until(
              () -> family.get(0).info().command().filter(it -> it.contains("sleep")).isPresent());
      child.terminate();
      assertThat(child.endsWithin(Duration.ofMillis(100))).isFalse();
      child.kill();
      assertThat(child.endsWithin(Patience.LIMIT)).isTrue();
      assertThat(family).noneMatch(ProcessHandle::isAlive);
    } finally {
      family.forEach(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  void start_byTheLauncher_givesTheChildTheLocaleOfTheCaller() {
    Map<String, String> withOne = environment("C.UTF-8", "=de_DE.ISO-8859-1");
    CallersLocale.restore(withOne);
    assertThat(withOne).isEqualTo(Map.of("LC_ALL", "de_DE.ISO-8859-1"));
    Map<String, String> without = environment("C.UTF-8", "");
    CallersLocale.restore(without);
    assertThat(without).isEmpty();
    Map<String, String> byHand = new HashMap<>(Map.of("LC_ALL", "C"));
    CallersLocale.restore(byHand);
    assertThat(byHand).isEqualTo(Map.of("LC_ALL", "C"));
  }

  private static Map<String, String> environment(String locale, String kept) {
    return new HashMap<>(Map.of("LC_ALL", locale, "DATASTORED_CALLER_LC_ALL", kept));
  }
}
