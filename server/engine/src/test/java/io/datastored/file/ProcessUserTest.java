package io.datastored.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As whom this process acts. */
final class ProcessUserTest {

  @TempDir Path directory;

  @Test
  void id_isThatOfTheCommandId_andOwnsWhatThisProcessMakes() throws Exception {
    Process id = new ProcessBuilder("id", "-u").start();
    String told = new String(id.getInputStream().readAllBytes(), UTF_8).strip();

    assertThat(Integer.toUnsignedString(ProcessUser.id())).isEqualTo(told);
    assertThat(ForeignOwner.of(directory)).isEmpty();
  }
}
