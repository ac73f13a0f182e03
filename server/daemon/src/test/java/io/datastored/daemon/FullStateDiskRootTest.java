package io.datastored.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.admin.AdminAddress;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A state directory whose file system becomes full. Needs root for a small tmpfs. */
@Tag("root")
final class FullStateDiskRootTest {
  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  @AfterEach
  void unmount() throws Exception {
    run("umount", "-l", directory.resolve("state").toString());
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
  }

  @Test
  void fullStore_readySaysNoWithTheReason_andLiveSaysYes() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("state"));
    run("mount", "-t", "tmpfs", "-o", "size=256k,mode=0700", "tmpfs", disk.toString());
    try (InProcessDaemon daemon =
        InProcessDaemon.start(
            cleanup,
            directory,
            "datastore: main\n\tpath /srv/main\n",
            options -> options.admin.listen = Optional.of(AdminAddress.parse("127.0.0.1:0")))) {
      AdminPort admin = AdminPort.of(daemon);
      assertThat(admin.status("/readyz")).isEqualTo(200);

      fill(disk.resolve("filler"));

      await().until(() -> admin.status("/readyz") == 503);
      assertThat(admin.body("/readyz")).contains("store: ", "no space is left");
      assertThat(admin.status("/livez")).isEqualTo(200);
      assertThat(admin.status("/status.json")).isEqualTo(200);

      Files.delete(disk.resolve("filler"));
      await().until(() -> admin.status("/readyz") == 200);
    }
  }

  private static void fill(Path filler) throws IOException {
    try (OutputStream out = Files.newOutputStream(filler)) {
      byte[] page = new byte[4096];
      while (true) {
        out.write(page);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }
}
