package io.datastored.client.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.datastored.client.ClientOptions;
import io.datastored.client.ClientState;
import io.datastored.client.DatastoredClient;
import io.datastored.client.Handle;
import io.datastored.client.Operation;
import io.datastored.client.Origin;
import io.datastored.proof.site.Site;
import io.datastored.soak.ChildProcess;
import io.datastored.soak.Soak;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of a FRESH cache reaches no server and leaves nothing behind but the handle. */
@Tag("soak")
final class WireSilenceTest {

  private static final int ROUNDS = 1_000_000;
  private static final List<String> NAMES = Site.names(10);
  private static final List<String> SILENT = List.of("Lookup", "Release", "Status");

  /** Longer than any run takes, so that nothing is given back and nobody is late. */
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path directory;

  private ChildProcess server;
  private CallCounter counter;
  private DatastoredClient client;

  @BeforeEach
  void start() throws Exception {
    Site site = Site.make(directory, NAMES);
    server = site.serve(Site.QUICK);
    counter = CallCounter.before(site);
    client =
        DatastoredClient.create(
                ClientOptions.builder(counter.target())
                    .ttl(LONG)
                    .times(times -> times.withLinger(LONG))
                    .build())
            .start();
    assertThat(client.awaitState(ClientState.FRESH, LONG)).isTrue();
    // One lease each.
    for (String name : NAMES) {
      for (Operation operation : Operation.values()) {
        client.lookup(name, operation).close();
      }
    }
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    counter.close();
    server.close();
  }

  @Test
  void lookupAndClose_onAFreshCache_reachNoServer() {
    Soak soak = Soak.of("lookup and close on a FRESH cache: no Lookup, Release or Status call");
    int rounds = soak.times(ROUNDS);
    // What the first rounds asked for has been counted.
    assertThat(counter.of("Lookup")).isEqualTo(2L * NAMES.size());
    List<Long> before = SILENT.stream().map(counter::of).toList();
    long elsewhere = 0;
    for (int i = 0; i < rounds; i++) {
      Operation operation = Operation.values()[i % Operation.values().length];
      try (Handle handle = client.lookup(NAMES.get(i % NAMES.size()), operation)) {
        elsewhere += handle.origin() == Origin.CACHE ? 0 : 1;
      }
    }
    assertThat(SILENT.stream().map(counter::of).toList()).isEqualTo(before);
    // The counter counts: what is not in memory does reach it.
    assertThat(counter.of("KeepAlive") + counter.of("OpenSession")).isPositive();
    soak.end(rounds, elsewhere);
  }

  @Test
  void lookupAndClose_onAFreshCache_allocateTheHandle() {
    Soak soak = Soak.of("lookup and close on a FRESH cache: nothing is allocated but the handle");
    int rounds = Math.max(10_000, soak.times(ROUNDS));
    String name = NAMES.get(0);
    long handleBytes = bytesOf(client.lookup(name, Operation.LOOKUP));
    long violations = 0;
    for (Operation operation : Operation.values()) {
      long unused = allocated(name, operation, 10_000);
      double each = (double) allocated(name, operation, rounds) / rounds;
      System.err.printf(
          "allocation: %.1f bytes for a %s, a handle has %d%n", each, operation, handleBytes);
      // A byte more on average is what the measuring may cost; an object more has 16.
      violations += each > handleBytes + 1 ? 1 : 0;
    }
    soak.end(rounds, violations);
  }

  private long allocated(String name, Operation operation, int rounds) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    long before = threads.getThreadAllocatedBytes(self);
    for (int i = 0; i < rounds; i++) {
      client.lookup(name, operation).close();
    }
    return threads.getThreadAllocatedBytes(self) - before;
  }

  /** As a 64-bit HotSpot with compressed references lays it out. */
  private static long bytesOf(Handle handle) {
    long bytes = 12;
    for (Field field : handle.getClass().getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers())) {
        Class<?> type = field.getType();
        bytes += type == long.class || type == double.class ? 8 : type == boolean.class ? 1 : 4;
      }
    }
    return (bytes + 7) / 8 * 8;
  }
}
