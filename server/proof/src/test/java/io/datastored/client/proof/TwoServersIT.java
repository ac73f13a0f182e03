package io.datastored.client.proof;

import static io.datastored.client.Operation.READ;
import static io.datastored.client.Operation.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.client.ClientListener;
import io.datastored.client.ClientOptions;
import io.datastored.client.ClientState;
import io.datastored.client.DatastoredClient;
import io.datastored.client.Handle;
import io.datastored.client.LeaseLost;
import io.datastored.client.Origin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client whose leases are in use moves from one real server to another, which has a copy of what
 * the first one has promised.
 */
final class TwoServersIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;
  private final List<LeaseLost> losses = new CopyOnWriteArrayList<>();
  private RealServer first;
  private RealServer second;
  private DatastoredClient client;
  private Handle writing;
  private Handle reading;

  @BeforeEach
  void start() throws Exception {
    first = RealServer.start(directory.resolve("first"), "main", "other");
    second = first.beside(directory.resolve("second"));
    // Of the two only the first answers yet, whichever the client tries first.
    client =
        DatastoredClient.create(
                ClientOptions.builder(List.of(second.target(), first.target()))
                    .ttl(Duration.ofSeconds(60))
                    .times(times -> times.withCallDeadline(Duration.ofSeconds(20)))
                    .build())
            .start();
    client.addListener(
        new ClientListener() {
          @Override
          public void onLeaseLost(LeaseLost lost) {
            losses.add(lost);
          }
        });
    assertThat(client.awaitState(ClientState.FRESH, PATIENCE)).isTrue();
    writing = client.lookup("main", WRITE);
    reading = client.lookup("other", READ);
    second.startAsCopyOf(first);
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    second.close();
    first.close();
  }

  @Test
  void serverIsKilled_leasesGoOnAtTheOther() {
    first.kill();
    assertMoved();
  }

  @Test
  void serverStops_leasesGoOnAtTheOther() throws Exception {
    first.stop();
    assertMoved();
  }

  private void assertMoved() {
    long token = writing.fencingToken().orElseThrow();
    await().atMost(PATIENCE).until(() -> client.stats().reclaimed() == 2);
    assertThat(client.awaitState(ClientState.FRESH, PATIENCE)).isTrue();
    assertThat(losses).isEmpty();
    assertThat(writing.alive()).isTrue();
    assertThat(reading.alive()).isTrue();
    assertThat(writing.fencingToken()).hasValue(token);
    try (Handle next = client.lookup("main", WRITE)) {
      assertThat(next.origin()).isEqualTo(Origin.CACHE);
      assertThat(next.leaseId()).isEqualTo(writing.leaseId());
    }
    writing.close();
    reading.close();
  }
}
