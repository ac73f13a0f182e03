package io.datastored.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.datastored.access.AuditEvent.Kind;
import io.datastored.engine.health.TroubleCause;
import io.datastored.engine.health.Troubles;
import io.datastored.testkit.ManualTicker;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real file system without space. Needs root for a small tmpfs. */
@Tag("root")
final class FullAuditDiskRootTest {

  @TempDir Path directory;
  private final Troubles troubles = new Troubles(InstantSource.system());
  private Path disk;
  private AuditWriter writer;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(directory.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=256k,mode=0700", "tmpfs", disk.toString());
    var options = new AuditOptions.Builder();
    options.file = Optional.of(disk.resolve("audit.log"));
    writer =
        AuditWriter.of(
            options.build(),
            Object::toString,
            troubles,
            InstantSource.system(),
            new ManualTicker());
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", "-l", disk.toString());
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
  }

  private void fill() throws IOException {
    try (OutputStream filler = Files.newOutputStream(disk.resolve("filler"))) {
      byte[] page = new byte[4096];
      while (true) {
        filler.write(page);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }

  private static boolean isWhole(String line) {
    try {
      return JsonParser.parseString(line).isJsonObject();
    } catch (JsonParseException e) {
      return false;
    }
  }

  private void record(int events) {
    for (int each = 0; each < events; each++) {
      writer.record(AuditEvent.of(Kind.MODE_SET).with(AuditField.REASON, "x".repeat(1000)).build());
    }
  }

  @Test
  void fullDisk_isNoticedBeforeAnythingIsRecorded() throws Exception {
    writer.step();
    assertThat(writer.obstacle()).isEmpty();
    fill();
    writer.step();
    assertThat(writer.obstacle()).get().asString().contains("no space is left");
    assertThat(troubles.ofServer(TroubleCause.AUDIT)).isPresent();
    Files.delete(disk.resolve("filler"));
    writer.step();
    assertThat(writer.obstacle()).isEmpty();
    assertThat(troubles.ofServer(TroubleCause.AUDIT)).isEmpty();
  }

  @Test
  void diskThatFillsUp_tearsALine_whichIsWrittenAgainWhenThereIsSpace() throws Exception {
    writer.step();
    record(1_000); // much more than fits
    writer.step();
    assertThat(writer.obstacle()).get().asString().contains("no space is left");
    assertThat(Files.size(disk.resolve("audit.log"))).isLessThanOrEqualTo(256 << 10);
    run("mount", "-o", "remount,size=4m", disk.toString());
    writer.step();
    assertThat(writer.obstacle()).isEmpty();
    var lines = Files.readAllLines(disk.resolve("audit.log"));
    assertThat(lines.stream().filter(FullAuditDiskRootTest::isWhole))
        .as("each once, and that the log was interrupted")
        .hasSize(1_001);
    assertThat(lines).hasSizeLessThanOrEqualTo(1_002);
  }
}
