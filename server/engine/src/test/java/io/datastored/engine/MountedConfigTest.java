package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What mounts and limits of the system do to a configuration. Each engine runs in namespaces of its
 * own, so that nothing is left behind.
 */
@Tag("root")
final class MountedConfigTest {

  private static final Duration SOON = Duration.ofSeconds(1);

  private static final String FIRST = "datastore: main\n\tcomment first\n\tpath /srv/main\n";
  private static final String SECOND = FIRST.replace("first", "second");
  private static final String THIRD = FIRST.replace("first", "third");

  @TempDir Path temporary;
  private Path directory;
  private Path etc;
  private Path config;
  private Path other;
  private Path otherConfig;
  private EngineChild child;

  @BeforeEach
  void setUp() throws IOException {
    directory = temporary.toRealPath();
    etc = Files.createDirectory(directory.resolve("etc"));
    config = Files.writeString(etc.resolve("datastore.cfg"), FIRST);
    other = Files.createDirectory(directory.resolve("other"));
    otherConfig = Files.writeString(other.resolve("datastore.cfg"), SECOND);
  }

  @AfterEach
  void close() {
    if (child != null) {
      child.close();
    }
  }

  /** Starts the engine in a mount namespace, after a command of the shell in it. */
  private void startAfter(String command, Path given) throws IOException {
    start(List.of("unshare", "--mount", "--propagation", "private"), command, given);
  }

  private void start(List<String> unshare, String command, Path given) throws IOException {
    List<String> launcher = new ArrayList<>(unshare);
    launcher.addAll(List.of("sh", "-c", command + " && exec \"$@\"", "sh"));
    child =
        EngineChild.start(launcher, given, directory.resolve("state"), directory.resolve("run"));
  }

  /** Runs a command of the shell in a namespace of the engine. */
  private void inside(String namespace, String command) throws Exception {
    Process process =
        new ProcessBuilder(
                "nsenter", namespace, "-t", Long.toString(child.pid()), "sh", "-c", command)
            .inheritIO()
            .start();
    assertThat(process.waitFor()).as(command).isZero();
  }

  private void awaitComment(String comment) {
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> child.ask("lookup main LOOKUP").endsWith(" " + comment));
  }

  @Test
  void fileMountedIntoAContainer_isSaid_editsInPlaceAreSeen_writesAreRefused() throws Exception {
    startAfter("mount --bind " + otherConfig + " " + config, config);
    String advice = config + " is a mount point of its own";
    assertThat(child.ask("edits"))
        .startsWith("PERIODIC ")
        .contains(advice)
        .endsWith("mount its directory instead");
    awaitComment("second");

    Files.writeString(otherConfig, THIRD);
    awaitComment("third");

    assertThat(child.ask("mode main OFFLINE"))
        .startsWith("STORE_UNAVAILABLE ")
        .contains(advice)
        .endsWith("mount its directory instead");
    assertThat(child.ask("validate main OFFLINE"))
        .startsWith("STORE_UNAVAILABLE ")
        .contains(advice);
    assertThat(otherConfig).hasContent(THIRD);
    assertThat(child.ask("lookup main WRITE")).startsWith("granted");
  }

  @Test
  void fileMountedWhileServing_isSaid_untilItIsUnmounted() throws Exception {
    startAfter("true", config);
    assertThat(child.ask("edits")).isEqualTo("WATCH");
    inside("-m", "mount --bind " + otherConfig + " " + config);
    awaitComment("second");
    await().atMost(SOON).until(() -> child.ask("edits").startsWith("PERIODIC "));
    inside("-m", "umount --lazy " + config);
    awaitComment("first");
    await().atMost(SOON).until(() -> child.ask("edits").equals("WATCH"));
    assertThat(child.ask("comment main written")).containsOnlyDigits();
  }

  @Test
  void mountOverTheDirectory_isSeen_soAreLaterEdits_andItsEnd() throws Exception {
    startAfter("true", config);
    awaitComment("first");
    inside("-m", "mount --bind " + other + " " + etc);
    awaitComment("second");
    await().atMost(SOON).until(() -> child.ask("edits").equals("WATCH"));
    Files.writeString(otherConfig, THIRD);
    awaitComment("third");
    inside("-m", "umount --lazy " + etc);
    awaitComment("first");
    assertThat(child.ask("edits")).isEqualTo("WATCH");
  }

  /** The system tells that what it watched is gone, and nothing of what was below. */
  @Test
  void fileSystemUnmounted_whatIsBelowIsSeen_soAreLaterEdits() throws Exception {
    startAfter("mount -t tmpfs config " + etc + " && cp " + otherConfig + " " + config, config);
    awaitComment("second");
    inside("-m", "umount --lazy " + etc);
    awaitComment("first");
    Files.writeString(config, THIRD);
    awaitComment("third");
    assertThat(child.ask("edits")).isEqualTo("WATCH");
  }

  @Test
  void linkIntoAReadOnlyFileSystem_isFollowed_writesAreRefused() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("datastore.cfg"), otherConfig);
    startAfter(
        "mount --bind " + other + " " + other + " && mount -o remount,bind,ro " + other, link);
    assertThat(child.ask("edits")).isEqualTo("WATCH");
    String reason = other + ": the file system is read-only";
    assertThat(child.ask("mode main OFFLINE")).startsWith("STORE_UNAVAILABLE ").contains(reason);
    assertThat(child.ask("validate main OFFLINE"))
        .startsWith("STORE_UNAVAILABLE ")
        .contains(reason);

    Files.writeString(otherConfig, THIRD);
    awaitComment("third");
  }

  /** In a user namespace with limits of its own; then the limit is raised. */
  @ParameterizedTest
  @CsvSource({
    "max_inotify_instances, fs.inotify.max_user_instances",
    "max_inotify_watches, fs.inotify.max_user_watches"
  })
  void inotifyExhausted_isSaid_editsAreSeen_andTheWatchComesBack(String limit, String advice)
      throws Exception {
    String file = "/proc/sys/user/" + limit;
    start(List.of("unshare", "--user", "--map-root-user"), "echo 0 > " + file, config);
    assertThat(child.ask("edits")).startsWith("PERIODIC ").contains(advice);
    Files.writeString(config, SECOND);
    awaitComment("second");
    assertThat(child.ask("edits")).startsWith("PERIODIC ");

    inside("-U", "echo 100 > " + file);
    await().until(() -> child.ask("edits").equals("WATCH"));
    Files.writeString(config, THIRD);
    awaitComment("third");
  }
}
