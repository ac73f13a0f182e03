package io.datastored.bench;

import io.datastored.client.ChannelSource;
import io.datastored.client.ClientOptions;
import io.datastored.client.ClientState;
import io.datastored.client.ClientThreads;
import io.datastored.client.DatastoredClient;
import io.datastored.client.Operation;
import io.datastored.client.SharedConnections;
import io.datastored.v1.WatchGenerationResponse.FrameCase;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Measures how long thousands of clients take to become FRESH after their server was killed and
 * restarted, the first frames of their watches, and the cost to the server. Confined to its thread.
 */
final class ReconnectStorm {

  private static final int CLIENTS = 5_000;

  /** Each client has two channels. */
  private static final int CHANNELS_ON_A_CONNECTION = 200;

  private static final int DATASTORES = 100;
  private static final List<Duration> OUTAGES =
      List.of(Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(60));

  /** Below the ephemeral ports of the system, so that no client connection can occupy it. */
  private static final int FIRST_PORT = 20_000;

  private static final int PORTS = 12_000;
  private static final int SERVER_HEAP_MIB = 512;
  private static final int THREADS = 2;
  private static final double BOUND_MILLIS = 5_000;
  private static final Duration SETTLING = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final ServedSite site;
  private final FirstFrames firstFrames;
  private final CallTally calls;
  private final List<DatastoredClient> clients;
  private final Bounds bounds = new Bounds();
  private final List<Double> took = new ArrayList<>();

  private ReconnectStorm(
      ServedSite site, FirstFrames firstFrames, CallTally calls, List<DatastoredClient> clients) {
    this.site = site;
    this.firstFrames = firstFrames;
    this.calls = calls;
    this.clients = clients;
  }

  /**
   * @param args {@code --short} for a tenth of the clients and the first outage; {@code --alone}
   *     for clients that share no connections, without a time limit
   */
  public static void main(String[] args) throws Exception {
    List<String> arguments = List.of(args);
    boolean isShort = arguments.contains("--short");
    int count = isShort ? CLIENTS / 10 : CLIENTS;
    FirstFrames firstFrames = new FirstFrames();
    List<DatastoredClient> clients = new ArrayList<>();
    int port = FIRST_PORT + ThreadLocalRandom.current().nextInt(PORTS);
    int code;
    try (ServedSite site =
            ServedSite.start(
                DATASTORES,
                port,
                List.of("-Xmx" + SERVER_HEAP_MIB + "m"),
                List.of("--no-earlier-leases"));
        ClientThreads threads = ClientThreads.create("storm", THREADS)) {
      ReconnectStorm storm = new ReconnectStorm(site, firstFrames, new CallTally(), clients);
      System.out.println(
          "| server away | clients | all FRESH after ms | bound ms | first frames | calls |"
              + " server's memory |");
      System.out.println("| --- | ---: | ---: | --- | --- | --- | ---: |");
      try {
        storm.begin(count, threads, arguments.contains("--alone"));
        for (Duration outage : isShort ? OUTAGES.subList(0, 1) : OUTAGES) {
          storm.outage(outage);
        }
        if (!arguments.contains("--alone")) {
          Facts.tell("storm.fresh", Collections.max(storm.took));
        }
      } finally {
        clients.parallelStream().forEach(DatastoredClient::close);
      }
      code = storm.bounds.exitCode();
    }
    System.exit(code);
  }

  /** Starts all clients, each with a lease. */
  private void begin(int count, ClientThreads threads, boolean alone) throws Exception {
    ChannelSource own =
        target -> NettyChannelBuilder.forTarget(target).usePlaintext().intercept(firstFrames);
    ChannelSource source = alone ? own : SharedConnections.of(own, CHANNELS_ON_A_CONNECTION);
    long begun = System.nanoTime();
    for (int i = 0; i < count; i++) {
      String name = "storm-" + i;
      ClientOptions options =
          ClientOptions.builder(site.address())
              .holder(name, "bench")
              .threads(threads)
              .metrics(calls.of(i))
              .channels(source)
              .build();
      clients.add(DatastoredClient.create(options).start());
    }
    awaitFresh();
    double millis = (System.nanoTime() - begun) / 1e6;
    for (int i = 0; i < count; i++) {
      clients.get(i).lookup("store" + i % DATASTORES, Operation.READ).close();
    }
    print("not there before", millis, "");
  }

  private void outage(Duration time) throws Exception {
    // Let the compilers finish: a client that reconnects has usually been running for a while.
    TimeUnit.NANOSECONDS.sleep(SETTLING.toNanos());
    firstFrames.forget();
    calls.forget();
    site.kill();
    TimeUnit.NANOSECONDS.sleep(time.toNanos());
    site.restart();
    long back = System.nanoTime();
    awaitFresh();
    double millis = (System.nanoTime() - back) / 1e6;
    String bound = bounds.atMost("FRESH after " + time.toSeconds() + " s", millis, BOUND_MILLIS);
    took.add(millis);
    print(time.toSeconds() + " s", millis, bound);
    if (firstFrames.count(FrameCase.SNAPSHOT) > 0) {
      throw new IllegalStateException("a snapshot was sent, and nothing had changed");
    }
  }

  /** Waits until every client is FRESH on a watch that was opened after the last outage. */
  private void awaitFresh() throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (calls.heard() < clients.size() || !areFresh()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "not FRESH in time; first frames: "
                + firstFrames.told()
                + "; "
                + clients.stream().filter(c -> c.state() != ClientState.FRESH).findFirst());
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private boolean areFresh() {
    return clients.stream().allMatch(client -> client.state() == ClientState.FRESH);
  }

  private void print(String outage, double millis, String bound) throws Exception {
    System.out.printf(
        Locale.ROOT,
        "| %s | %d | %.0f | %s | %s | %s | %d MiB, heap at most %d |%n",
        outage,
        clients.size(),
        millis,
        bound,
        firstFrames.told(),
        calls.told(),
        site.mostMemoryMib(),
        SERVER_HEAP_MIB);
  }
}
