package io.datastored.service.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.util.Durations;
import io.datastored.daemon.GrpcCleanup;
import io.datastored.daemon.InProcessDaemon;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreStatus;
import io.datastored.v1.StatusRequest;
import io.datastored.v1.StatusResponse;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

final class HungProbeTest {
  private static final int COUNT = 1000;
  private static final int HUNG = 417;

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  @Test
  void status_oneOfAThousandNeverReturns_answersInTimeAndMarksIt() throws Exception {
    StringBuilder config = new StringBuilder();
    for (int i = 0; i < COUNT; i++) {
      Path base = Files.createDirectory(directory.resolve(name(i)));
      config.append("datastore: %s\n\tpath %s\n\n".formatted(name(i), base));
    }
    try (InProcessDaemon daemon =
        InProcessDaemon.start(
            cleanup,
            directory,
            config.toString(),
            options -> {
              options.probes.freshness = Duration.ofMillis(100);
              options.probes.limit = Duration.ofMillis(100);
            })) {
      var datastores = DatastoreServiceGrpc.newBlockingStub(daemon.channel());
      await()
          .until(
              () ->
                  status(datastores).getDatastoresList().stream()
                      .allMatch(status -> status.getSpace().getTotalBytes() > 0));
      // Who opens it to read waits until somebody writes.
      Path fifo = directory.resolve(name(HUNG)).resolve(".gc-status");
      assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();

      // On a busy machine others are beyond the limit for a moment too.
      await()
          .untilAsserted(
              () -> {
                StatusResponse answer = status(datastores);
                assertThat(answer.getDatastoresCount()).isEqualTo(COUNT);
                assertThat(answer.getDatastoresList().stream().filter(HungProbeTest::isMarked))
                    .containsExactly(hung(answer));
                assertThat(hung(answer).getSpace().getTotalBytes())
                    .as("the last value")
                    .isPositive();
                assertThat(Durations.toNanos(hung(answer).getSpace().getAge())).isPositive();
              });
      // Lets the thread go.
      new RandomAccessFile(fifo.toFile(), "rw").close();
    }
  }

  /** Far above the time that it needs, far below for ever. */
  private static StatusResponse status(
      DatastoreServiceGrpc.DatastoreServiceBlockingStub datastores) {
    return datastores
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .status(StatusRequest.getDefaultInstance());
  }

  private static DatastoreStatus hung(StatusResponse answer) {
    return answer.getDatastores(HUNG);
  }

  private static boolean isMarked(DatastoreStatus status) {
    return !status.getSpace().getError().isEmpty();
  }

  private static String name(int i) {
    return "store-%04d".formatted(i);
  }
}
