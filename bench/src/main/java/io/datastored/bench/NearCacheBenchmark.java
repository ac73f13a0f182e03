package io.datastored.bench;

import static java.util.Objects.requireNonNull;

import io.datastored.client.ClientOptions;
import io.datastored.client.ClientState;
import io.datastored.client.DatastoredClient;
import io.datastored.client.Operation;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Compares lookup and close in a FRESH client, among 1000 datastores of a real server, with the
 * baseline: one {@link ConcurrentHashMap#get} and two {@link LongAdder} adds. With {@code -prof gc}
 * it shows that only the handle is allocated.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class NearCacheBenchmark {

  private static final int DATASTORES = 1000;
  private static final Duration LONG = Duration.ofSeconds(60);

  private final ConcurrentHashMap<String, LongAdder> counters = new ConcurrentHashMap<>();
  private final String name = "store" + DATASTORES / 2;

  @SuppressWarnings("NullAway.Init") // Set by the setup method.
  private ServedSite site;

  @SuppressWarnings("NullAway.Init") // Set by the setup method.
  private DatastoredClient client;

  /** Starts a server and a client, and requests the leases. */
  @Setup
  public void open() throws Exception {
    for (int i = 0; i < DATASTORES; i++) {
      counters.put("store" + i, new LongAdder());
    }
    site = ServedSite.start(DATASTORES, List.of("--no-earlier-leases"));
    client =
        DatastoredClient.create(
                ClientOptions.builder(site.address())
                    .ttl(LONG)
                    .times(times -> times.withLinger(LONG))
                    .build())
            .start();
    if (!client.awaitState(ClientState.FRESH, LONG)) {
      throw new IllegalStateException(client.toString());
    }
    for (Operation operation : Operation.values()) {
      client.lookup(name, operation).close();
    }
  }

  /** Closes the client and the server. */
  @TearDown
  public void close() throws Exception {
    client.close();
    site.close();
  }

  /** The baseline. */
  @Benchmark
  public LongAdder baseline() {
    LongAdder counter = requireNonNull(counters.get(name));
    counter.increment();
    counter.decrement();
    return counter;
  }

  /** A WRITE lookup and its close. */
  @Benchmark
  public void lookupAndClose() {
    client.lookup(name, Operation.WRITE).close();
  }

  /** A LOOKUP. */
  @Benchmark
  public void question() {
    client.lookup(name, Operation.LOOKUP).close();
  }
}
