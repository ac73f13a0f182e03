package io.datastored.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.datastored.client.fake.FakeDatastored;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A lookup that its caller gives up leaves nothing at the server. */
@Timeout(300)
final class GivenUpTest {

  /** The full number with -Ddatastored.full=true. */
  private static final int TIMES = Boolean.getBoolean("datastored.full") ? 10_000 : 1000;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final FakeDatastored server = FakeDatastored.start();

  private DatastoredClient client(Duration linger) {
    server.put("main");
    DatastoredClient client =
        DatastoredClient.create(server.options().times(times -> times.withLinger(linger)).build())
            .start();
    assertThat(client.awaitState(ClientState.FRESH, PATIENCE)).isTrue();
    return client;
  }

  private void awaitNothingHeld(DatastoredClient client) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(client.stats().handles()).isZero();
              assertThat(server.leases()).isEmpty();
            });
  }

  @Test
  void interrupted_whileTheAnswerIsOnItsWay_isGivenBack() throws Exception {
    try (server;
        var client = client(Duration.ofHours(1))) {
      server.holdNextAnswer("Lookup");
      var told = new CompletableFuture<RuntimeException>();
      var caller =
          new Thread(
              () -> {
                try {
                  client.lookup("main", Operation.WRITE).close();
                } catch (RuntimeException e) {
                  told.complete(e);
                }
              });
      caller.start();
      await().atMost(PATIENCE).until(() -> server.leases().size() == 1);
      caller.interrupt();
      assertThat(told.get(60, TimeUnit.SECONDS))
          .isInstanceOf(UnavailableException.class)
          .hasCauseInstanceOf(InterruptedException.class);
      server.letGo();
      awaitNothingHeld(client);
    }
  }

  @Test
  void cancelled_whileTheAnswerIsOnItsWay_isGivenBack() {
    try (server;
        var client = client(Duration.ofHours(1))) {
      server.holdNextAnswer("Lookup");
      var asked = client.lookupAsync("main", Operation.WRITE, LookupOptions.DEFAULT);
      await().atMost(PATIENCE).until(() -> server.leases().size() == 1);
      assertThat(asked.cancel(true)).isTrue();
      server.letGo();
      awaitNothingHeld(client);
    }
  }

  @Test
  void outOfTime_whileTheAnswerIsOnItsWay_isGivenBack() {
    try (server;
        var client = client(Duration.ofHours(1))) {
      server.holdNextAnswer("Lookup");
      assertThatThrownBy(
              () ->
                  client.lookup(
                      "main",
                      Operation.WRITE,
                      LookupOptions.DEFAULT.withDeadline(Duration.ofMillis(300))))
          .isInstanceOf(UnavailableException.class);
      server.letGo();
      awaitNothingHeld(client);
    }
  }

  @Test
  void interruptedAtRandomMoments_nothingStays() throws Exception {
    var random = new Random(1);
    ExecutorService callers = Executors.newFixedThreadPool(16);
    try (server;
        var client = client(Duration.ofMillis(20))) {
      for (int i = 0; i < 16; i++) {
        server.put("some" + i);
      }
      List<Future<?>> calls = new ArrayList<>();
      for (int i = 0; i < TIMES; i++) {
        String name = "some" + random.nextInt(16);
        Operation operation = random.nextBoolean() ? Operation.READ : Operation.WRITE;
        Future<?> call =
            callers.submit(() -> client.lookup(name, operation, LookupOptions.DEFAULT).close());
        calls.add(call);
        long until = System.nanoTime() + random.nextInt(2_000_000);
        while (System.nanoTime() < until) {
          Thread.onSpinWait();
        }
        if (random.nextInt(4) > 0) {
          call.cancel(true);
        }
      }
      for (Future<?> call : calls) {
        try {
          if (!call.isCancelled()) {
            call.get(60, TimeUnit.SECONDS);
          }
        } catch (ExecutionException e) {
          assertThat(e).hasCauseInstanceOf(UnavailableException.class);
        }
      }
      awaitNothingHeld(client);
      client.lookup("main", Operation.WRITE).close();
    } finally {
      callers.shutdownNow();
    }
  }
}
