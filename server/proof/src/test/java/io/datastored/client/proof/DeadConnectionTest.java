package io.datastored.client.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.client.ClientOptions;
import io.datastored.client.ClientState;
import io.datastored.client.DatastoredClient;
import io.datastored.client.Handle;
import io.datastored.client.LeaseLost;
import io.datastored.client.LookupOptions;
import io.datastored.client.Operation;
import io.datastored.client.fake.FakeDatastored;
import io.datastored.testkit.proxy.Direction;
import io.datastored.testkit.proxy.FaultProxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is only slow is waited for, and what is dead is found out. */
@Timeout(120)
final class DeadConnectionTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration TTL = Duration.ofSeconds(20);
  private static final int LOOKUPS = 300;

  private static final LookupOptions ASK =
      LookupOptions.DEFAULT.withMaxAge(Duration.ZERO).withDeadline(PATIENCE);

  private FakeDatastored server;
  private FaultProxy proxy;
  private DatastoredClient client;
  private final Queue<LeaseLost> losses = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void start() throws Exception {
    server = FakeDatastored.start();
    server.put("main");
    int port = Integer.parseInt(server.target().split(":")[1]);
    proxy = FaultProxy.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    client =
        DatastoredClient.create(ClientOptions.builder(proxy.target()).ttl(TTL).build()).start();
    assertThat(client.awaitState(ClientState.FRESH, PATIENCE)).isTrue();
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    proxy.close();
    server.close();
  }

  @Test
  void pauseOf3Seconds_costsLatency_notLeases_andNoLookupIsSentTwice() {
    Handle held = hold();
    for (int i = 0; i < LOOKUPS; i++) {
      server.put("store" + i);
    }
    long before = server.calls("Lookup");
    proxy.blackhole(Direction.BOTH);
    List<CompletableFuture<Handle>> asked = new ArrayList<>();
    for (int i = 0; i < LOOKUPS; i++) {
      asked.add(client.lookupAsync("store" + i, Operation.values()[i % 3], ASK));
    }
    await()
        .pollDelay(Duration.ofSeconds(3))
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              proxy.heal();
              assertThat(asked).allMatch(CompletableFuture::isDone);
            });
    asked.forEach(answer -> answer.join().close());
    assertThat(server.calls("Lookup") - before).isEqualTo(LOOKUPS);
    assertThat(held.alive()).isTrue();
    assertThat(losses).isEmpty();
  }

  @Test
  void connectionsWhosePathIsGone_areFoundOut_andTheLookupGoesOn() throws Exception {
    Handle held = hold();
    long before = server.calls("Lookup");
    proxy.strand();
    long began = System.nanoTime();
    Handle answer = client.lookupAsync("main", Operation.WRITE, ASK).get(40, TimeUnit.SECONDS);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(30));
    assertThat(answer.leaseId()).isEqualTo(held.leaseId());
    assertThat(server.calls("Lookup") - before).as("the first one never arrived").isEqualTo(1);
    assertThat(held.alive()).isTrue();
    assertThat(losses).isEmpty();
    assertThat(client.awaitState(ClientState.FRESH, PATIENCE)).isTrue();
  }

  private Handle hold() {
    Handle held = client.lookup("main", Operation.WRITE, ASK);
    held.onLost(losses::add);
    return held;
  }
}
