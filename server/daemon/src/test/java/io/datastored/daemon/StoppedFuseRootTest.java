package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.v1.DrainState;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.TroubleCause;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A FUSE file system that was stopped, as root: its calls hang as those of a dead mount do. */
@Tag("root")
final class StoppedFuseRootTest {

  private static final int CLIENTS = 100;
  private static final int ROUNDS = 20;

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  @Test
  void openHangs_costsNobodyElse_andTheServerStopsInOrder() throws Exception {
    try (StoppedFuse fuse = StoppedFuse.mount(directory);
        ServerProcess server = OthersCalls.serve(directory, fuse.path())) {
      fuse.stop();
      ManagedChannel channel = cleanup.register(server.connect());
      OthersCalls calls = new OthersCalls(channel);
      calls.serveOthers();
      try (RetryingClients clients = new RetryingClients(channel, "hung", CLIENTS)) {
        await().until(() -> clients.answered(Status.Code.UNAVAILABLE) > 3 * CLIENTS);
        long threads = server.threads();
        for (int round = 0; round < ROUNDS; round++) {
          calls.serveOthers();
        }
        assertThat(server.threads()).isLessThanOrEqualTo(threads + 2);
      }
      server.terminate();
      assertThat(server.awaitExit(2 * OthersCalls.GRACE_SECONDS)).as(server::err).isZero();
      fuse.goOn();
    }
  }

  @Test
  void closeHangs_theDrainOfThatDatastoreWaits_andNobodyElse() throws Exception {
    try (StoppedFuse fuse = StoppedFuse.mount(directory);
        ServerProcess server = OthersCalls.serve(directory, fuse.path())) {
      ManagedChannel channel = cleanup.register(server.connect());
      OthersCalls calls = new OthersCalls(channel);
      String lease = calls.lookup("hung");
      fuse.stop();
      calls.release(lease);
      calls.set("hung", MaintenanceMode.MAINTENANCE_MODE_UNMOUNT);
      assertThat(calls.drain("hung"))
          .as("its descriptor is not closed")
          .isEqualTo(DrainState.DRAIN_STATE_TIMED_OUT);
      calls.serveOthers();
      calls.set("hung", MaintenanceMode.MAINTENANCE_MODE_UNMOUNT);
      await()
          .until(
              () ->
                  calls.status("hung").getTroublesList().stream()
                      .anyMatch(
                          trouble -> trouble.getCause() == TroubleCause.TROUBLE_CAUSE_BASE_PATH));
      fuse.goOn();
      await().until(() -> calls.drain("hung") == DrainState.DRAIN_STATE_DRAINED);
      server.terminate();
      assertThat(server.awaitExit(2 * OthersCalls.GRACE_SECONDS)).as(server::err).isZero();
    }
  }
}
