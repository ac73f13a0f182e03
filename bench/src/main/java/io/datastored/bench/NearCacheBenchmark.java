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
 * Lookup and close of a client that is FRESH, among 1000 datastores of a real server, against what
 * it is measured by: one {@link ConcurrentHashMap#get} and two {@link LongAdder} adds. With {@code
 * -prof gc} it shows that nothing is allocated but the handle.
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

  @SuppressWarnings("NullAway.Init") // by the set-up
  private ServedSite site;

  @SuppressWarnings("NullAway.Init") // by the set-up
  private DatastoredClient client;

  /** Starts a server and a client, and asks for the leases. */
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

  /** Ends both. */
  @TearDown
  public void close() throws Exception {
    client.close();
    site.close();
  }

  /** The measure. */
  @Benchmark
  public LongAdder baseline() {
    LongAdder counter = requireNonNull(counters.get(name));
    counter.increment();
    counter.decrement();
    return counter;
  }

  /** Asks to write, and closes. */
  @Benchmark
  public void lookupAndClose() {
    client.lookup(name, Operation.WRITE).close();
  }

  /** Asks what the configuration says. */
  @Benchmark
  public void question() {
    client.lookup(name, Operation.LOOKUP).close();
  }
}
