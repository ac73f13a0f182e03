package io.datastored.neighbour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.promise.UnseenOperations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With directories that look like those of a Proxmox Backup Server. */
final class ProxmoxBackupServerTest {

  @TempDir Path temporary;
  private Path directory;
  private Path config;
  private Path run;
  private Path pid;
  private Path its;
  private Process proxy;

  @BeforeEach
  void setUp() throws IOException {
    directory = temporary.toRealPath();
    config = Files.createDirectory(directory.resolve("etc"));
    its = Files.createFile(config.resolve("datastore.cfg"));
    run = Files.createDirectory(directory.resolve("run"));
    pid = run.resolve("proxy.pid");
    proxy = new ProcessBuilder("sleep", "600").start();
  }

  @AfterEach
  void close() {
    Process unused = proxy.destroyForcibly();
  }

  private Optional<UnseenOperations> look(Path served) {
    return new ProxmoxBackupServer(served, new PbsDirectories(config, run)).look();
  }

  private void assertUnseen(Path served, String sign) {
    assertThat(look(served))
        .hasValueSatisfying(
            unseen -> {
              assertThat(unseen.program()).isEqualTo("Proxmox Backup Server");
              assertThat(unseen.sentence())
                  .isEqualTo("operations of Proxmox Backup Server cannot be seen");
              assertThat(unseen.detail()).startsWith(sign).contains("--ignore-pbs");
            });
  }

  @Test
  void look_itDoesNotRun_isNothing() {
    assertThat(look(its)).isEmpty();
    assertThat(new ProxmoxBackupServer(its, PbsDirectories.DEFAULT).look())
        .as("its configuration is another one")
        .isEmpty();
  }

  @Test
  void look_noDirectoriesAtAll_isNothing() {
    assertThat(
            new ProxmoxBackupServer(
                    its, new PbsDirectories(directory.resolve("none"), directory.resolve("none")))
                .look())
        .isEmpty();
  }

  @Test
  void look_itsProxyIsAlive_isUnseen_untilItIsDead() throws Exception {
    Files.writeString(pid, proxy.pid() + "\n");
    assertUnseen(its, "its proxy (process " + proxy.pid() + " of " + pid + ") is alive");

    Process unused = proxy.destroyForcibly();
    assertThat(proxy.waitFor()).isPositive();
    await().until(() -> look(its).isEmpty());
  }

  @Test
  void look_itsTrackingDirectoryIsThere_isUnseen() throws Exception {
    Path tracking = Files.createDirectory(run.resolve("active-operations"));
    assertUnseen(its, "its tracking directory " + tracking + " is there");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "-1", "0", "12 13", "99999999999999999999"})
  void look_pidFileThatNamesNoProcess_isUnseen(String content) throws Exception {
    Files.writeString(pid, content);
    assertUnseen(its, pid + " does not name a process");
  }

  @Test
  void look_pidFileThatIsNoFile_isUnseen() throws Exception {
    assertThat(new ProcessBuilder("mkfifo", pid.toString()).start().waitFor()).isZero();
    assertUnseen(its, pid + " is not a regular file");
  }

  /** As EACCES is for who is not root. */
  @Test
  void look_whatCannotBeLookedAt_isUnseen() throws Exception {
    Files.createSymbolicLink(pid, pid);
    assertUnseen(its, "cannot look at " + pid);
  }

  @Test
  void look_anotherConfiguration_isNothing() throws Exception {
    Files.writeString(pid, Long.toString(proxy.pid()));
    assertThat(look(Files.createFile(directory.resolve("datastore.cfg")))).isEmpty();
    assertThat(look(Files.createFile(config.resolve("other.cfg")))).isEmpty();
  }

  @Test
  void look_itsConfigurationUnderAnotherPath_isUnseen() throws Exception {
    Files.writeString(pid, Long.toString(proxy.pid()));
    Path link = Files.createSymbolicLink(directory.resolve("link.cfg"), its);
    assertUnseen(link, "its proxy");
    Path above = Files.createSymbolicLink(directory.resolve("above"), config);
    assertUnseen(above.resolve("datastore.cfg"), "its proxy");
    // As seen through a second mount of the directory.
    assertUnseen(Files.createLink(directory.resolve("same.cfg"), its), "its proxy");
  }

  @Test
  void look_itsConfigurationVanished_isUnseen() throws Exception {
    Files.writeString(pid, Long.toString(proxy.pid()));
    Files.delete(its);
    assertUnseen(its, "its proxy");
  }

  @Test
  void look_turnedLink_isWhatItLeadsToNow() throws Exception {
    Files.writeString(pid, Long.toString(proxy.pid()));
    Path link =
        Files.createSymbolicLink(
            directory.resolve("link.cfg"), Files.createFile(directory.resolve("own.cfg")));
    assertThat(look(link)).isEmpty();
    Files.delete(link);
    Files.createSymbolicLink(link, its);
    assertUnseen(link, "its proxy");
  }
}
