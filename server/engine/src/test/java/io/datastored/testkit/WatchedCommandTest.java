package io.datastored.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WatchedCommandTest {

  /** Starts a program that would stay, tells its pid, and stays itself. */
  static final class Parent {
    public static void main(String[] args) throws Exception {
      System.out.println(start("sleep", "600").pid());
      Thread.sleep(600_000);
    }
  }

  private static Process start(String... command) throws IOException {
    return new ProcessBuilder(WatchedCommand.of(List.of(command))).start();
  }

  @Test
  void theProgram_isTheProcess() throws Exception {
    Process process = start("sh", "-c", "echo $$; cat; exit 7");
    assertThat(new String(process.getInputStream().readAllBytes(), UTF_8))
        .isEqualTo(process.pid() + "\n");
    assertThat(process.waitFor()).isEqualTo(7);
  }

  @Test
  void theProgram_isKilled_whenWhoStartedItIsKilled() throws Exception {
    Process parent = new ProcessBuilder(JavaCommand.of(Parent.class)).start();
    long pid = Long.parseLong(parent.inputReader(UTF_8).readLine());
    assertThat(ProcessHandle.of(pid)).isPresent();
    parent.destroyForcibly();
    await().until(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
  }
}
