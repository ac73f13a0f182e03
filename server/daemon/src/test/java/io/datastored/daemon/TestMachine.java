package io.datastored.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.base.Splitter;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A test machine has a {@code /run}, a {@code /tmp} and a network of its own, and any number of
 * users, who have nothing but their uid. Only root can make one. Confined to one test.
 */
final class TestMachine implements AutoCloseable {

  /** What a command left behind. */
  record Result(int status, String out, String err) {}

  /** Where users find the programs, whose own places may be for root only. */
  private static final Path PROGRAMS = Path.of("/run/programs");

  private final Path directory;
  private final String classPath;
  private final Process machine;
  private final List<Process> servers = new ArrayList<>();

  private TestMachine(Path directory, String classPath, Process machine) {
    this.directory = directory;
    this.classPath = classPath;
    this.machine = machine;
  }

  /** The directory is not in {@code /tmp}, which the machine does not see. */
  static TestMachine start(String name) throws Exception {
    Path directory = Files.createTempDirectory(Path.of("/var/tmp"), name);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path ready = directory.resolve("ready");
    var script =
        new StringBuilder(
            """
            set -e
            ip link set lo up
            mount -t tmpfs -o mode=0755 tmpfs /run
            mkdir %s
            """
                .formatted(PROGRAMS));
    List<String> entries = new ArrayList<>();
    for (String entry :
        Splitter.on(File.pathSeparator).split(System.getProperty("java.class.path"))) {
      Path from = Path.of(entry).toAbsolutePath();
      // What is for tests only would change how programs log.
      if (Files.exists(from) && !from.endsWith("test-classes")) {
        // A jar must be called one.
        Path to = PROGRAMS.resolve(entries.size() + "-" + from.getFileName());
        script.append(
            "%s %s && mount --bind %s %s\n"
                .formatted(Files.isDirectory(from) ? "mkdir" : "touch", to, from, to));
        entries.add(to.toString());
      }
    }
    // Last, because programs may be there.
    script.append("mount -t tmpfs -o mode=1777 tmpfs /tmp\n");
    script.append("touch %s\nexec sleep 600\n".formatted(ready));
    Path file = Files.writeString(directory.resolve("machine.sh"), script);
    Process machine =
        new ProcessBuilder("unshare", "--mount", "--net", "sh", file.toString())
            .inheritIO()
            .start();
    await().until(() -> Files.exists(ready) || !machine.isAlive());
    assertThat(machine.isAlive()).isTrue();
    return new TestMachine(directory, String.join(File.pathSeparator, entries), machine);
  }

  /** Which every user can read, and only root can write. */
  Path directory() {
    return directory;
  }

  /** A file of the machine, as root outside of it sees it. */
  Path inside(String path) {
    return Path.of("/proc", Long.toString(machine.pid()), "root", path);
  }

  /** The home of a user, which is made if need be. */
  Path home(int uid) throws IOException {
    Path home = directory.resolve("home-" + uid);
    if (Files.notExists(home)) {
      Files.createDirectory(home);
      own(uid, home);
    }
    return home;
  }

  /** Gives files to a user. */
  void own(int uid, Path... files) throws IOException {
    for (Path file : files) {
      Files.setAttribute(file, "unix:uid", uid);
      Files.setAttribute(file, "unix:gid", uid);
    }
  }

  /** Starts a process of a user; its output goes to files of that name. */
  Process process(int uid, String name, List<String> words) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                "nsenter",
                "--target=" + machine.pid(),
                "--mount",
                "--net",
                "setpriv",
                "--reuid=" + uid,
                "--regid=" + uid,
                "--clear-groups"));
    command.addAll(words);
    var builder =
        new ProcessBuilder(command)
            .directory(home(uid).toFile())
            .redirectOutput(directory.resolve(name + ".out").toFile())
            .redirectError(directory.resolve(name + ".err").toFile());
    Set<String> inherited = Set.of("PATH", "LANG", "LC_ALL", "JAVA_HOME");
    builder.environment().keySet().retainAll(inherited);
    builder.environment().put("HOME", home(uid).toString());
    return builder.start();
  }

  Process datastored(int uid, String name, String... words) throws IOException {
    return process(
        uid,
        name,
        Stream.concat(
                Stream.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    // As the launcher does.
                    "-XX:+ExitOnOutOfMemoryError",
                    // As the manifest of the jar says.
                    "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                    "-cp",
                    classPath,
                    "io.datastored.cli.Datastored"),
                Stream.of(words))
            .toList());
  }

  Result run(int uid, String... words) throws Exception {
    Process process = datastored(uid, "command", words);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), read("command.out"), read("command.err"));
  }

  /** Runs a command that must succeed, and returns what it printed. */
  String succeed(int uid, String... words) throws Exception {
    Result result = run(uid, words);
    assertThat(result.status()).as("%s: %s", List.of(words), result.err()).isZero();
    return result.out();
  }

  String read(String name) throws IOException {
    return Files.readString(directory.resolve(name), UTF_8);
  }

  /** The words that serve a configuration of that user. */
  String[] serve(int uid, String name, String... options) throws Exception {
    Path files = Files.createDirectory(directory.resolve(name + ".files"));
    Path config =
        Files.writeString(
            files.resolve("datastore.cfg"), "datastore: main\n\tpath " + files + "\n");
    own(uid, files, config);
    return Stream.concat(
            Stream.of(
                "serve",
                "--config=" + config,
                "--state-dir=" + files.resolve("state"),
                "--no-earlier-leases"),
            Stream.of(options))
        .toArray(String[]::new);
  }

  /** Starts a server, and waits until it serves. */
  Process start(int uid, String name, String... options) throws Exception {
    return serving(uid, name, serve(uid, name, options));
  }

  /** Starts a server with all of these words, and waits until it serves. */
  Process serving(int uid, String name, String... words) throws Exception {
    Process server = datastored(uid, name, words);
    servers.add(server);
    await().until(() -> read(name + ".out").contains(", revision ") || !server.isAlive());
    assertThat(server.isAlive()).as(read(name + ".err")).isTrue();
    return server;
  }

  /** Runs a shell command as a user. */
  void shell(int uid, String command) throws Exception {
    Process process = process(uid, "shell", List.of("sh", "-c", command));
    assertThat(process.waitFor()).as(read("shell.err")).isZero();
  }

  @Override
  public void close() throws Exception {
    for (Process server : servers) {
      server.destroyForcibly().waitFor();
    }
    machine.destroyForcibly().waitFor();
    MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE);
  }
}
