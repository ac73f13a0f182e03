package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A file system with a file {@code .lock} in it that can be stopped: then whoever asks it waits, as
 * with a dead network mount. Confined to one test, which must be root's.
 */
final class StoppedFuse implements AutoCloseable {

  private static final String PROGRAM =
      """
      import errno, fuse, stat

      fuse.fuse_python_api = (0, 2)

      class OneFile(fuse.Fuse):
          def getattr(self, path):
              found = fuse.Stat()
              found.st_nlink = 1
              if path == '/':
                  found.st_mode = stat.S_IFDIR | 0o755
              elif path == '/.lock':
                  found.st_mode = stat.S_IFREG | 0o644
              else:
                  return -errno.ENOENT
              return found

          def readdir(self, path, offset):
              for name in ('.', '..', '.lock'):
                  yield fuse.Direntry(name)

          def open(self, path, flags):
              return 0

          def flush(self, path):
              return 0

          def release(self, path, flags):
              return 0

      served = OneFile()
      served.parse(errex=1)
      served.main()
      """;

  private final Path mountPoint;
  private final Process process;

  private StoppedFuse(Path mountPoint, Process process) {
    this.mountPoint = mountPoint;
    this.process = process;
  }

  static StoppedFuse mount(Path directory) throws Exception {
    Path mountPoint = Files.createDirectory(directory.resolve("fuse"));
    Path program = Files.writeString(directory.resolve("one_file.py"), PROGRAM);
    Process process =
        new ProcessBuilder(
                "/usr/bin/python3",
                program.toString(),
                "-f",
                "-o",
                "attr_timeout=0",
                "-o",
                "entry_timeout=0",
                mountPoint.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("fuse.log").toFile())
            .start();
    StoppedFuse mounted = new StoppedFuse(mountPoint, process);
    await().until(() -> Files.exists(mountPoint.resolve(".lock")) || !process.isAlive());
    assertThat(process.isAlive()).as(Files.readString(directory.resolve("fuse.log"))).isTrue();
    return mounted;
  }

  Path path() {
    return mountPoint;
  }

  /** From here on it answers nothing. */
  void stop() throws Exception {
    signal("STOP");
  }

  /** It answers again. */
  void goOn() throws Exception {
    signal("CONT");
  }

  private void signal(String name) throws Exception {
    run("kill", "-" + name, Long.toString(process.pid()));
  }

  private static void run(String... command) throws Exception {
    assertThat(new ProcessBuilder(command).start().waitFor())
        .as(String.join(" ", command))
        .isZero();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    process.destroyForcibly();
    boolean unused = process.waitFor(10, TimeUnit.SECONDS);
    int ignored = new ProcessBuilder("umount", "-l", mountPoint.toString()).start().waitFor();
  }
}
