package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What an engine grants and says while the system fails it. Each engine runs in a mount namespace
 * of its own, so that nothing is left behind.
 */
@Tag("root")
final class FailingDiskTest {

  private static final String CONFIG =
      "datastore: main\n\tcomment first\n\tpath /srv/main\n\ndatastore: other\n\tpath /srv/other\n";
  private static final String OFFLINE = CONFIG.replace("comment first", "maintenance-mode offline");

  @TempDir Path temporary;
  private Path directory;
  private Path config;
  private Path state;
  private EngineChild child;

  @BeforeEach
  void setUp() throws IOException {
    directory = temporary.toRealPath();
    config = Files.writeString(directory.resolve("datastore.cfg"), CONFIG);
    state = Files.createDirectory(directory.resolve("state"));
  }

  @AfterEach
  void close() {
    if (child != null) {
      child.close();
    }
  }

  /** Starts the engine after a command of the shell in its namespace. */
  private void startAfter(String command) throws IOException {
    child = EngineChild.start(launcher(command), config, state, directory.resolve("run"));
  }

  private static List<String> launcher(String command) {
    List<String> launcher = new ArrayList<>();
    launcher.addAll(List.of("unshare", "--mount", "--propagation", "private"));
    launcher.addAll(List.of("sh", "-c", command + " && exec \"$@\"", "sh"));
    return launcher;
  }

  private void inside(String command) throws Exception {
    run("nsenter", "--mount", "-t", Long.toString(child.pid()), "sh", "-c", command);
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(List.of(command).toString()).isZero();
  }

  private void edit(String text) throws IOException {
    Path next = Files.writeString(directory.resolve("next"), text);
    Files.move(next, config, StandardCopyOption.ATOMIC_MOVE);
  }

  private void awaitAnswer(String command, String answer) {
    await().until(() -> child.ask(command).startsWith(answer));
  }

  @Test
  void stateDirectoryFull_editIsObeyed_restartWorks_andItHeals() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk"));
    Path image = directory.resolve("image");
    run("truncate", "-s", "8M", image.toString());
    run("mkfs.ext4", "-q", "-m", "0", image.toString());
    state = disk.resolve("state");
    String mount = "mount -o loop " + image + " " + disk;
    startAfter(mount);
    // In ever smaller pieces, so that not a block is left.
    inside(
        "for size in 64k 4k 1k 1k; do dd if=/dev/zero of="
            + disk
            + "/filler bs=$size oflag=append conv=notrunc,fsync 2>/dev/null; done; true");
    // What is there is served by one that starts now, too.
    child.close();
    startAfter(mount);
    assertThat(child.ask("lookup main WRITE")).startsWith("granted");
    edit(OFFLINE);
    awaitAnswer("lookup main WRITE", "NOT_READY");
    assertThat(child.ask("lookup other WRITE")).startsWith("granted");
    assertThat(child.ask("troubles")).startsWith("STATE").contains("no space is left");
    assertThat(child.ask("comment other second")).startsWith("STORE_UNAVAILABLE");
    // One that starts with an edit that it cannot accept serves what was accepted.
    child.close();
    startAfter(mount);
    assertThat(child.ask("lookup main WRITE")).isEqualTo("NOT_READY");
    assertThat(child.ask("lookup other WRITE")).startsWith("granted");
    inside("rm " + disk + "/filler");
    awaitAnswer("lookup main WRITE", "UNDER_MAINTENANCE");
    awaitAnswer("troubles", "-");
  }

  @Test
  void stateDirectoryReadOnly_editIsObeyed_andItHeals() throws Exception {
    startAfter("true");
    // The same directory once more, on top: what is open stays as it is, every new step is refused.
    inside("mount --bind " + state + " " + state + " && mount -o remount,bind,ro " + state);
    edit(OFFLINE);
    awaitAnswer("lookup main READ", "NOT_READY");
    assertThat(child.ask("troubles")).startsWith("STATE").contains("read-only");
    inside("umount " + state);
    awaitAnswer("lookup main READ", "UNDER_MAINTENANCE");
    awaitAnswer("troubles", "-");
  }

  @Test
  void descriptorsExhausted_editIsCommittedWithTheSpareOnes() throws Exception {
    startFromJars(256);
    assertThat(child.ask("comment other second")).isEqualTo("2");
    assertThat(child.ask("exhaust")).isEqualTo("exhausted");
    edit(OFFLINE);
    awaitAnswer("lookup main WRITE", "UNDER_MAINTENANCE");
    assertThat(child.ask("lookup other WRITE")).startsWith("granted");
    assertThat(child.ask("troubles")).isEqualTo("-");
  }

  @Test
  void noDescriptorAtAll_changeThatCannotBeRead_closesAll_andItHeals() throws Exception {
    startFromJars(256);
    assertThat(child.ask("lookup other WRITE")).startsWith("granted");
    // The spare ones are above the limit now, too.
    run("prlimit", "--pid", Long.toString(child.pid()), "--nofile=3:");
    edit(OFFLINE);
    awaitAnswer("lookup main WRITE", "NOT_READY");
    awaitAnswer("lookup other WRITE", "NOT_READY");
    assertThat(child.ask("troubles")).startsWith("STATE").contains("file descriptor");
    run("prlimit", "--pid", Long.toString(child.pid()), "--nofile=256:");
    awaitAnswer("lookup main WRITE", "UNDER_MAINTENANCE");
    awaitAnswer("lookup other WRITE", "granted");
    awaitAnswer("troubles", "-");
  }

  /** As it is shipped: from directories, each class that is loaded takes a descriptor. */
  private void startFromJars(int descriptors) throws Exception {
    List<String> jars = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path jar = directory.resolve("classes-" + jars.size() + ".jar");
      if (Files.isDirectory(Path.of(entry))) {
        run("jar", "--create", "--file", jar.toString(), "-C", entry, ".");
      }
      jars.add(Files.exists(jar) ? jar.toString() : entry);
    }
    String command =
        "ulimit -S -n %d; java=$1; shift 4; exec \"$java\" -XX:TieredStopAtLevel=1 -XX:-MaxFDLimit -cp %s \"$@\""
            .formatted(descriptors, String.join(File.pathSeparator, jars));
    child =
        EngineChild.start(
            List.of("sh", "-c", command, "sh"), config, state, directory.resolve("run"));
  }

  /** Each system call of a commit fails in turn: what is said of the file is what is in it. */
  @ParameterizedTest
  @CsvSource({
    "fsync,1",
    "fsync,2",
    "fsync,3",
    "fsync,4",
    "rename,1",
    "rename,2",
    "link,1",
    "unlink,1",
    "unlink,2",
    "openat,1",
    "openat,2",
    "openat,3",
    "openat,4",
    "openat,5",
    "fchmodat,1",
    "chmod,1",
    "close,1",
    "close,2",
    "close,3",
    "close,4",
    "close,5",
    "close,6",
  })
  void systemCallFails_answerIsTrue_andItHeals(String call, int time) throws Exception {
    startAfter("true");
    assertThat(child.ask("comment main before")).isEqualTo("2");
    String text = Files.readString(config);
    String answer;
    Process strace = strace(call, "--trace=" + call, time);
    try {
      answer = child.ask("comment main after");
    } finally {
      strace.destroy();
      assertThat(strace.waitFor()).as("detached").isNotNegative();
    }
    boolean changed = !Files.readString(config).equals(text);
    if (answer.startsWith("STORE_UNAVAILABLE")) {
      assertThat(changed).as(answer).isFalse();
      assertThat(child.ask("generation")).isEqualTo("2");
    } else if (!answer.startsWith("OUTCOME_UNKNOWN")) {
      assertThat(answer).isEqualTo("3");
      assertThat(changed).isTrue();
    }
    await().until(() -> child.ask("comment other healed").matches("\\d+"));
    awaitAnswer("troubles", "-");
    // What was committed is what another process finds.
    String generation = child.ask("generation");
    child.close();
    startAfter("true");
    assertThat(child.ask("generation")).isEqualTo(generation);
  }

  /** What is closed has been synced: nothing depends on it, and nobody is told that it does. */
  @ParameterizedTest
  @ValueSource(strings = {"datastore.cfg", "", "state/state", "state"})
  void closeFails_afterTheSync_changesNothing_andIsLoggedOnce(String closed) throws Exception {
    Path log = directory.resolve("log");
    startAfter("exec 2>>" + log);
    assertThat(child.ask("comment main before")).isEqualTo("2");
    String answer;
    do {
      Process strace = strace("close", "--trace-path=" + directory.resolve(closed), 1);
      try {
        answer = child.ask("comment main after");
      } finally {
        strace.destroy();
        assertThat(strace.waitFor()).as("detached").isNotNegative();
      }
      // The first close may have been that of a look at the file, which is refused as it says.
    } while (answer.startsWith("STORE_UNAVAILABLE cannot read"));
    assertThat(answer).isEqualTo("3");
    assertThat(Files.readString(config)).contains("after");
    assertThat(Files.readAllLines(log).stream().filter(line -> line.contains("cannot close")))
        .singleElement()
        .asString()
        .contains(directory.toString());
    awaitAnswer("troubles", "-");
    assertThat(child.ask("comment main again")).isEqualTo("4");
    child.close();
    startAfter("true");
    assertThat(child.ask("generation")).isEqualTo("4");
  }

  private Process strace(String call, String which, int time) throws IOException {
    Process process =
        new ProcessBuilder(
                "strace",
                "-f",
                "-p",
                Long.toString(child.pid()),
                which,
                "-e",
                "inject=" + call + ":error=EIO:when=" + time)
            .redirectErrorStream(true)
            .start();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.contains("attached")) {
        break;
      }
    }
    Thread drain =
        new Thread(
            () -> {
              try {
                while (lines.readLine() != null) {
                  // Its pipe must not fill up.
                }
              } catch (IOException e) {
                // It was ended.
              }
            });
    drain.setDaemon(true);
    drain.start();
    return process;
  }

  @Test
  void anotherDeviceNumber_andAnotherFileSystem_goOn() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk"));
    Path first = directory.resolve("first");
    run("truncate", "-s", "8M", first.toString());
    run("mkfs.ext4", "-q", first.toString());
    state = disk.resolve("state");
    // Another loop device each time, as after a boot.
    startAfter("mount -o loop " + first + " " + disk);
    assertThat(child.ask("comment main before")).isEqualTo("2");
    String revision = child.ask("revision");
    child.close();
    startAfter("losetup -f " + config + " && mount -o loop " + first + " " + disk);
    try {
      assertThat(child.ask("revision")).isEqualTo(revision);
      inside("cp -a " + state + " " + directory + "/copy && chown -R 12345 " + directory + "/copy");
    } finally {
      run("sh", "-c", "losetup -j " + config + " | cut -d: -f1 | xargs -r losetup -d");
    }
    child.close();
    state = directory.resolve("copy");
    startAfter("true");
    assertThat(child.ask("revision")).isEqualTo(revision);
  }
}
