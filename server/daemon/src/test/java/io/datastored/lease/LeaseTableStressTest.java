package io.datastored.lease;

import static io.datastored.lease.LeaseFixture.ALPHA;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.lease.LeaseOutcome.Leased;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import io.datastored.promise.FencingToken;
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

/** Many threads: whoever was told "renewed" has the lease for the ttl, and every count goes out. */
final class LeaseTableStressTest {

  private static final Duration TTL = Duration.ofSeconds(1);
  private static final int CLIENTS = 3;
  private static final int CALLS = 30_000;

  @TempDir Path directory;

  @Test
  void renewedLeases_whileOthersExpire_liveForTheirTtl() throws Exception {
    LeaseFixture leases = new LeaseFixture(directory, LeaseFixture.EXACT);
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS + 1);
    AtomicBoolean running = new AtomicBoolean(true);
    try {
      Future<?> time =
          threads.submit(
              () -> {
                while (running.get()) {
                  leases.ticker.advance(Duration.ofMillis(5));
                  leases.room.sweep();
                }
              });
      List<Future<Integer>> clients = new ArrayList<>();
      for (int client = 0; client < CLIENTS; client++) {
        int number = client;
        clients.add(threads.submit(() -> new Client(leases, number).run()));
      }
      for (Future<Integer> client : clients) {
        assertThat(client.get()).as("renewals").isPositive();
      }
      running.set(false);
      time.get();
    } finally {
      threads.shutdownNow();
    }
    leases.pass(Duration.ofSeconds(5));
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
    assertThat(leases.counted.live()).isZero();
    assertThat(leases.room.remembered()).isZero();
    assertThat(leases.room.filed()).isZero();
  }

  /** A client that keeps its own deadline, counted from before each call, as a holder does. */
  private static final class Client {

    private final LeaseFixture leases;
    private final int number;
    private final SplittableRandom random;
    private int renewals;

    Client(LeaseFixture leases, int number) {
      this.leases = leases;
      this.number = number;
      this.random = new SplittableRandom(number);
    }

    int run() {
      int call = 0;
      while (call < CALLS) {
        String id = "client" + number + "-" + call++;
        long sent = leases.ticker.read();
        Leased leased = leases.granted(ask(id, Optional.empty()));
        FencingToken token = leased.lease().token();
        while (call++ < CALLS && random.nextInt(50) > 0) {
          long validUntil = sent + leased.ttl().toNanos();
          sent = leases.ticker.read();
          LeaseOutcome outcome = leases.table.ask(ask(id, Optional.of(token)));
          boolean promised = leases.ticker.read() < validUntil;
          if (outcome instanceof Leased renewed) {
            leased = renewed;
            renewals++;
          } else {
            assertThat(promised).as("ended within its promise").isFalse();
            break;
          }
        }
        if (random.nextBoolean()) {
          boolean unused = leases.release(id);
        }
      }
      return renewals;
    }

    private static LeaseRequest ask(String id, Optional<FencingToken> held) {
      return LeaseFixture.ask(ALPHA, Operation.WRITE, Optional.of(TTL), Optional.of(id), held);
    }
  }
}
