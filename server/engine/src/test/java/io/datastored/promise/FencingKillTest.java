package io.datastored.promise;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.soak.Soak;
import io.datastored.testkit.JavaCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fencing tokens rise over kills at any moment, without the help of a wall clock. */
@Tag("soak")
final class FencingKillTest {

  private static final int KILLS = 200;

  /** A token of the child's clock has as many digits; fewer are a line that the kill has cut. */
  private static final int DIGITS = Long.toString(1_800_000_000L << 20).length();

  @TempDir Path directory;

  @Test
  void kill_whileTokensAreTaken_givesNoneASecondTime() throws Exception {
    Soak soak = Soak.of("kill -9 while granting: fencing token above all seen");
    SplittableRandom random = soak.random();
    int kills = soak.times(KILLS);
    int violations = 0;
    long highest = 0;
    for (int kill = 0; kill < kills; kill++) {
      List<Long> told = takeAndKill(1 + random.nextInt(500));
      assertThat(told).isNotEmpty();
      for (long token : told) {
        if (token <= highest) {
          violations++;
        }
        highest = Math.max(highest, token);
      }
    }
    soak.end(kills, violations);
  }

  /** What a child told before it was killed, which is somewhere behind a number of tokens. */
  private List<Long> takeAndKill(int tokens) throws IOException {
    Process child =
        new ProcessBuilder(JavaCommand.of(FencingChild.class, directory))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<Long> told = new ArrayList<>();
    try (BufferedReader lines = child.inputReader(US_ASCII)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.length() == DIGITS) {
          told.add(Long.parseLong(line));
        }
        if (told.size() == tokens) {
          // By its handle: the process object would close the stream that is being read.
          child.toHandle().destroyForcibly();
        }
      }
    } finally {
      child.destroyForcibly();
    }
    return told;
  }
}
