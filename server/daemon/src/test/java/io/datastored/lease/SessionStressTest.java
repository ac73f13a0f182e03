package io.datastored.lease;

import static io.datastored.lease.LeaseFixture.ALPHA;
import static io.datastored.lease.LeaseFixture.under;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.MaintenanceMode;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many threads share few sessions that end, expire and are opened again while leases are granted,
 * renewed, released and ended by force under them: every count goes out, once.
 */
final class SessionStressTest {

  private static final int CLIENTS = 3;
  private static final int CALLS = 20_000;

  @TempDir Path directory;

  @Test
  void sessions_endWhileLeasesAreGranted_leaveNoCountBehind() throws Exception {
    LeaseOptions shortLived =
        LeaseFixture.exact(options -> options.sessions.defaultTtl = Duration.ofSeconds(1));
    LeaseFixture leases = new LeaseFixture(directory, shortLived);
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS + 1);
    AtomicBoolean running = new AtomicBoolean(true);
    try {
      Future<?> time =
          threads.submit(
              () -> {
                int turn = 0;
                while (running.get()) {
                  leases.ticker.advance(Duration.ofMillis(20));
                  leases.room.sweep();
                  if (turn++ % 50 == 0) {
                    int unused = leases.forceEnd(ALPHA, MaintenanceMode.READ_ONLY);
                  }
                }
              });
      List<Future<?>> clients = new ArrayList<>();
      for (int client = 0; client < CLIENTS; client++) {
        int seed = client;
        clients.add(threads.submit(() -> work(leases, new SplittableRandom(seed))));
      }
      for (Future<?> client : clients) {
        client.get();
      }
      running.set(false);
      time.get();
    } finally {
      threads.shutdownNow();
    }
    leases.pass(Duration.ofSeconds(5));
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
    assertThat(leases.counted.live()).isZero();
    assertThat(leases.counted.live(ALPHA)).isZero();
    assertThat(leases.counted.forced(ALPHA)).isZero();
    assertThat(leases.sessions.live()).isZero();
    assertThat(leases.room.remembered()).isZero();
    assertThat(leases.room.filed()).isZero();
  }

  private static void work(LeaseFixture leases, SplittableRandom random) {
    for (int call = 0; call < CALLS; call++) {
      String session = "s" + random.nextInt(2);
      String id = "id" + random.nextInt(6);
      switch (random.nextInt(12)) {
        case 0 -> leases.open(session);
        case 1 -> leases.close(session);
        case 2, 3 -> assertThat(leases.keepAlive(session)).isNotNull();
        case 4, 5 -> leases.release(id);
        default -> {
          Operation operation = random.nextBoolean() ? Operation.READ : Operation.WRITE;
          LeaseRequest ask = under(session, id, ALPHA, operation, Optional.empty());
          assertThat(leases.table.ask(ask)).isNotNull();
        }
      }
    }
  }
}
