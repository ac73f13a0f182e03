package io.datastored.client.proof;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.client.ClientOptions;
import io.datastored.client.ClientThreads;
import io.datastored.client.DatastoredClient;
import io.datastored.client.Handle;
import io.datastored.client.Operation;
import io.datastored.proof.site.Site;
import io.datastored.soak.ChildProcess;
import io.datastored.soak.Soak;
import io.datastored.testkit.proxy.FaultProxy;
import io.datastored.v1.ServerStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that is closed leaves nothing behind, here and at the server. */
@Tag("soak")
final class OpenCloseTest {

  private static final int CLIENTS = 10_000;

  /** Until both sides have the threads that they keep. */
  private static final int WARM_UP = 20;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Those of the Java VM and of this test's own calls. */
  private static final int FEW = 8;

  @TempDir Path directory;

  @Test
  void openAndClose_again_leaveNoThreadStreamSessionOrLease() throws Exception {
    Soak soak = Soak.of("clients opened and closed: no thread, stream, session or lease is left");
    SplittableRandom random = soak.random();
    int clients = soak.times(CLIENTS);
    Site site = Site.make(directory, Site.names(1));
    try (ChildProcess server = site.serve(Site.QUICK);
        FaultProxy proxy = FaultProxy.to(site.address());
        Operator operator = Operator.of(site)) {
      try (ClientThreads threads = ClientThreads.create("proof", 2)) {
        for (int i = 0; i < WARM_UP; i++) {
          openAndClose(proxy, Optional.of(threads), random);
        }
      }
      awaitNothing(operator, proxy);
      Set<Thread> threadsBefore = Thread.getAllStackTraces().keySet();
      int serverThreads = entries(server, "task");
      int serverFiles = entries(server, "fd");
      int files = entries(ProcessHandle.current().pid(), "fd");
      try (ClientThreads threads = ClientThreads.create("proof", 2)) {
        for (int i = 0; i < clients; i++) {
          // One in ten has threads of its own.
          openAndClose(
              proxy, random.nextInt(10) == 0 ? Optional.empty() : Optional.of(threads), random);
        }
      }
      awaitNothing(operator, proxy);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(newThreads(threadsBefore)).hasSizeLessThanOrEqualTo(FEW);
                assertThat(newThreads(threadsBefore)).allMatch(OpenCloseTest::isOfTheTest);
                assertThat(entries(ProcessHandle.current().pid(), "fd"))
                    .isLessThanOrEqualTo(files + FEW);
                assertThat(entries(server, "task")).isLessThanOrEqualTo(serverThreads + FEW);
                assertThat(entries(server, "fd")).isLessThanOrEqualTo(serverFiles + FEW);
              });
      soak.end(clients, 0);
    }
  }

  /** Used or not, with a handle that is open or closed, at any moment of its beginning. */
  private static void openAndClose(
      FaultProxy proxy, Optional<ClientThreads> threads, SplittableRandom random) {
    ClientOptions.Builder options = ClientOptions.builder(proxy.target());
    threads.ifPresent(options::threads);
    try (DatastoredClient client = DatastoredClient.create(options.build())) {
      if (random.nextInt(20) == 0) {
        return;
      }
      client.start();
      if (random.nextInt(5) == 0) {
        return;
      }
      Operation operation = random.nextBoolean() ? Operation.READ : Operation.WRITE;
      Handle handle = client.lookup("store0", operation);
      if (random.nextBoolean()) {
        handle.close();
      }
    }
  }

  private static void awaitNothing(Operator operator, FaultProxy proxy) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              ServerStatus status = operator.server();
              assertThat(status.getSessions()).as("sessions").isZero();
              assertThat(status.getLeases()).as("leases").isZero();
              assertThat(status.getWatchers()).as("streams").isZero();
              assertThat(proxy.connections()).as("connections").isZero();
            });
  }

  private static Set<String> newThreads(Set<Thread> before) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread))
        .map(Thread::getName)
        .collect(toSet());
  }

  /** Of the connection that the operator's channel keeps, and of waiting here. */
  private static boolean isOfTheTest(String name) {
    return name.startsWith("grpc-") || name.startsWith("awaitility");
  }

  private static int entries(ChildProcess process, String kind) throws IOException {
    return entries(process.pid(), kind);
  }

  private static int entries(long pid, String kind) throws IOException {
    try (Stream<Path> entries = Files.list(Path.of("/proc", Long.toString(pid), kind))) {
      return (int) entries.count();
    }
  }
}
