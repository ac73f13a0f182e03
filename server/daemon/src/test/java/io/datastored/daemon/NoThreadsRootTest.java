package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that can start no thread any more, as root: a user's limit is changed from outside, and
 * does not hold for root itself.
 */
@Tag("root")
final class NoThreadsRootTest {

  private static final List<String> AS_NOBODY =
      List.of(
          "setpriv",
          "--reuid=65534",
          "--regid=65534",
          "--clear-groups",
          "--inh-caps=+dac_read_search",
          "--ambient-caps=+dac_read_search");

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  @Test
  void noThread_callsAreRefused_thatHeals_andSigtermStopsInOrder() throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path base = Files.createDirectory(directory.resolve("base"));
    Path second = Files.createDirectory(directory.resolve("second"));
    Files.writeString(
        directory.resolve("datastore.cfg"),
        "datastore: main\n\tpath " + base + "\n\ndatastore: second\n\tpath " + second + "\n");
    try (ServerProcess server =
        ServerProcess.start(
            AS_NOBODY, directory, List.of(), "--grace=2s", "--base-path-wait=200ms")) {
      OthersCalls calls = new OthersCalls(cleanup.register(server.connect()));
      // The one that is there from the start ends by itself when nobody needs it.
      await().ignoreExceptions().until(() -> !hasBasePathThread(server));
      limit(server, 1);
      // Its base path was never opened, and no thread can be had for that.
      await()
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> calls.lookup("main"))
                      .isInstanceOf(StatusRuntimeException.class)
                      .hasMessageContaining("this process cannot start a thread"));
      assertThat(calls.status("second").getDatastore().getName()).isEqualTo("second");
      limit(server, 10_000);
      await().ignoreExceptions().untilAsserted(() -> calls.release(calls.lookup("main")));
      limit(server, 1);
      server.terminate();
      assertThat(server.awaitExit(20)).as(server::err).isZero();
    }
  }

  private static boolean hasBasePathThread(ServerProcess server) throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/" + server.pid() + "/task"))) {
      for (Path task : (Iterable<Path>) tasks::iterator) {
        // The kernel keeps fifteen characters of a name.
        if (Files.readString(task.resolve("comm")).startsWith("datastored-base")) {
          return true;
        }
      }
      return false;
    }
  }

  private static void limit(ServerProcess server, int processes) throws Exception {
    // The soft limit, as its own user: not every root may change those of others.
    List<String> command = new ArrayList<>(AS_NOBODY);
    command.addAll(List.of("prlimit", "--pid=" + server.pid(), "--nproc=" + processes + ":"));
    Process prlimit = new ProcessBuilder(command).inheritIO().start();
    assertThat(prlimit.waitFor()).isZero();
  }
}
