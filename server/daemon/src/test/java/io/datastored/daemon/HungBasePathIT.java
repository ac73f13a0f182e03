package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.v1.DatastoreStatus;
import io.datastored.v1.TroubleCause;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * One base path whose file system does not answer, and a hundred clients who do not give up: the
 * other datastores are served, and the server stops in order.
 */
final class HungBasePathIT {

  private static final int CLIENTS = 100;
  private static final int ROUNDS = 20;

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  @Test
  void fifo_costsNobodyElse_andTheServerStopsInOrder() throws Exception {
    Path hung = Files.createDirectory(directory.resolve("hung"));
    assertThat(new ProcessBuilder("mkfifo", hung.resolve(".lock").toString()).start().waitFor())
        .isZero();
    try (ServerProcess server = OthersCalls.serve(directory, hung)) {
      ManagedChannel channel = cleanup.register(server.connect());
      OthersCalls calls = new OthersCalls(channel);
      calls.serveOthers();
      try (RetryingClients clients = new RetryingClients(channel, "hung", CLIENTS)) {
        await().until(() -> clients.answered(Status.Code.UNAVAILABLE) > 3 * CLIENTS);
        long threads = server.threads();
        for (int round = 0; round < ROUNDS; round++) {
          calls.serveOthers();
        }
        assertThat(clients.answered(Status.Code.UNAVAILABLE))
            .as("they were answered all the while")
            .isGreaterThan(10 * CLIENTS);
        assertThat(clients.answered(Status.Code.OK)).isZero();
        assertThat(server.threads()).as("threads").isLessThanOrEqualTo(threads + 2);
        DatastoreStatus status = calls.status("hung");
        assertThat(status.getTroublesList())
            .singleElement()
            .satisfies(
                trouble -> {
                  assertThat(trouble.getCause()).isEqualTo(TroubleCause.TROUBLE_CAUSE_BASE_PATH);
                  assertThat(trouble.getMessage()).contains(hung + " does not answer");
                  assertThat(trouble.hasSince()).isTrue();
                });
        server.terminate();
        assertThat(server.awaitExit(2 * OthersCalls.GRACE_SECONDS)).as(server::err).isZero();
      }
      assertThat(server.err()).containsOnlyOnce("does not answer;");
    }
  }
}
