package io.datastored.client.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.datastored.client.ClientOptions;
import io.datastored.client.ClientSources;
import io.datastored.client.ClientState;
import io.datastored.client.DatastoredClient;
import io.datastored.client.Handle;
import io.datastored.client.LookupOptions;
import io.datastored.client.Operation;
import io.datastored.client.Origin;
import io.datastored.client.RefusedException;
import io.datastored.client.SuspectReads;
import io.datastored.client.UnavailableException;
import io.datastored.proof.history.Event;
import io.datastored.proof.history.HistoryFile;
import io.datastored.proof.history.Kind;
import io.datastored.proof.site.Site;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A cache worker is a process with a client whose near cache it asks all the time, and with handles
 * that it holds until they are lost or their datastore goes into maintenance. It writes down every
 * answer from memory, with the time of a look at the clock before the question.
 */
final class CacheWorker implements AutoCloseable {

  static final List<String> DATASTORES = Site.names(2);

  /** The longest that a question goes to the server for; then the next one is asked. */
  private static final Duration DEADLINE = Duration.ofMillis(300);

  private static final LookupOptions EAGER =
      LookupOptions.DEFAULT.withDeadline(DEADLINE).withSuspectReads(SuspectReads.ALLOWED);

  /** What is held: the first datastore to write, the second to read. */
  private static final Map<String, Operation> HELD =
      Map.of(DATASTORES.get(0), Operation.WRITE, DATASTORES.get(1), Operation.READ);

  private static final long PACE_MICROS = 2_000;

  private final String name;
  private final DatastoredClient client;
  private final FrameScribe scribe;
  private final boolean hasSeveralServers;
  private final HistoryFile history;
  private final ShiftedClock clock;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicInteger held = new AtomicInteger();
  private final AtomicInteger holds = new AtomicInteger();

  /** Datastores whose last answer was that they are in maintenance. */
  private final Map<String, String> inMaintenance = new ConcurrentHashMap<>();

  private final List<Thread> threads = new ArrayList<>();

  private CacheWorker(
      String name,
      DatastoredClient client,
      FrameScribe scribe,
      boolean hasSeveralServers,
      HistoryFile history,
      ShiftedClock clock) {
    this.name = name;
    this.client = client;
    this.scribe = scribe;
    this.hasSeveralServers = hasSeveralServers;
    this.history = history;
    this.clock = clock;
  }

  /**
   * @param args site, name, targets with commas between them, ttl in milliseconds
   */
  public static void main(String[] args) throws Exception {
    List<String> targets = List.of(args[2].split(","));
    ShiftedClock clock = new ShiftedClock();
    ClientOptions options =
        ClientOptions.builder(targets)
            .holder(args[1], "proof")
            .ttl(Duration.ofMillis(Long.parseLong(args[3])))
            .times(times -> times.withMostBackoff(Duration.ofMillis(300)))
            .sources(ClientSources.system().withWallClock(clock))
            .build();
    try (HistoryFile history = HistoryFile.of(new Site(Path.of(args[0])).histories(), args[1]);
        DatastoredClient client = DatastoredClient.create(options);
        CacheWorker worker =
            new CacheWorker(
                args[1], client, new FrameScribe(history), targets.size() > 1, history, clock)) {
      client.addListener(worker.scribe);
      client.start();
      worker.start();
      System.out.println("ready");
      worker.obey();
    }
  }

  private void start() {
    threads.add(new Thread(this::askAll, "asks"));
    HELD.forEach(
        (datastore, operation) ->
            threads.add(new Thread(() -> holdAgain(datastore, operation), "holds-" + operation)));
    threads.forEach(
        thread -> {
          thread.setDaemon(true);
          thread.start();
        });
  }

  /** Until its standard input has an end. */
  private void obey() throws IOException {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      System.out.println(answer(line.split(" ")));
    }
  }

  private String answer(String[] words) {
    return switch (words[0]) {
      // The state, and how much is held.
      case "state" -> client.state() + " " + held.get();
      // Whether there was something to write down of what it has in memory.
      case "have" -> String.valueOf(scribe.writeState());
      // Both clocks, as the client sees them.
      case "clocks" -> System.nanoTime() + " " + clock.millis();
      case "shift" -> {
        clock.shiftBy(Duration.ofSeconds(Long.parseLong(words[1])));
        yield "shifted";
      }
      // What it has in memory of a datastore.
      case "generation" -> String.valueOf(generation(words[1]));
      default -> throw new IllegalArgumentException(words[0]);
    };
  }

  private long generation(String datastore) {
    try (Handle handle = client.lookup(datastore, Operation.LOOKUP, EAGER)) {
      return handle.origin() == Origin.CACHE ? handle.datastore().getGeneration() : -1;
    } catch (RefusedException | UnavailableException e) {
      return -1;
    }
  }

  private void askAll() {
    while (!isStoppedWithin(PACE_MICROS)) {
      for (String datastore : DATASTORES) {
        for (Operation operation : Operation.values()) {
          ask(datastore, operation);
        }
      }
    }
  }

  private void ask(String datastore, Operation operation) {
    ClientState before = client.state();
    long begun = System.nanoTime();
    try (Handle handle = client.lookup(datastore, operation, EAGER)) {
      ClientState after = client.state();
      long ended = System.nanoTime();
      inMaintenance.remove(datastore + operation);
      if (handle.origin() == Origin.CACHE) {
        history.again(
            datastore + operation,
            begun,
            Kind.HIT,
            "datastore",
            datastore,
            "operation",
            operation,
            "generation",
            handle.datastore().getGeneration(),
            "state",
            before == after ? before : "",
            Event.ENDED,
            ended);
      }
    } catch (RefusedException e) {
      refused(datastore, operation, begun, e);
    } catch (UnavailableException e) {
      // Nothing is claimed.
    }
  }

  private void refused(
      String datastore, Operation operation, long begun, RefusedException refusal) {
    String mode = refusal.metadata().getOrDefault("mode", "");
    if (mode.isEmpty()) {
      return;
    }
    inMaintenance.put(datastore + operation, mode);
    if (refusal.origin() == Origin.CACHE) {
      history.again(
          datastore + operation,
          begun,
          Kind.HIT_REFUSED,
          "datastore",
          datastore,
          "operation",
          operation,
          "mode",
          mode.replace("MAINTENANCE_MODE_", ""),
          Event.ENDED,
          System.nanoTime());
    }
  }

  private void holdAgain(String datastore, Operation operation) {
    while (!isStoppedWithin(PACE_MICROS)) {
      long asked = System.nanoTime();
      try (Handle handle = client.lookup(datastore, operation, EAGER)) {
        hold(handle, asked, datastore, operation);
      } catch (RefusedException | UnavailableException e) {
        // Later, then.
      }
    }
  }

  /** Until it is lost, or an operator wants the datastore for himself. */
  private void hold(Handle handle, long asked, String datastore, Operation operation) {
    Object[] fields = {"id", name + "-" + holds.getAndIncrement()};
    String about = fields[1].toString();
    granted(handle, asked, about, operation);
    held.incrementAndGet();
    while (true) {
      long begun = System.nanoTime();
      if (!handle.alive()) {
        history.enough(about);
        history.add(Kind.LOST, fields);
        // It stays so, whatever comes.
        boolean unused = isStoppedWithin(PACE_MICROS);
        if (handle.alive()) {
          history.again(about, System.nanoTime(), Kind.USE, fields);
          history.enough(about);
        }
        break;
      }
      history.again(about, begun, Kind.USE, fields);
      if (inMaintenance.containsKey(datastore + operation) || isStoppedWithin(PACE_MICROS)) {
        history.enough(about);
        history.add(Kind.RELEASE_BEGIN, fields);
        break;
      }
    }
    held.decrementAndGet();
  }

  /** Question and grant; only now, because most questions under a mode are refused. */
  private void granted(Handle handle, long asked, String id, Operation operation) {
    history.add(
        asked,
        Kind.LOOKUP_BEGIN,
        "id",
        id,
        "datastore",
        handle.datastore().getName(),
        "operation",
        operation);
    history.add(
        Kind.GRANTED,
        "id",
        id,
        "token",
        handle.fencingToken().orElse(-1),
        "lease",
        handle.leaseId().orElse(id),
        "replica",
        // Of several nobody tells which one granted it, and tokens rise at each one only.
        hasSeveralServers ? "of-" + handle.leaseId().orElse(id) : "",
        "alive",
        1,
        "cached",
        1);
  }

  private boolean isStoppedWithin(long micros) {
    try {
      return stopped.await(micros, TimeUnit.MICROSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  @Override
  public void close() throws InterruptedException {
    stopped.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
