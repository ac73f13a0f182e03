package io.datastored.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.proof.checker.Checker;
import io.datastored.proof.history.History;
import io.datastored.proof.history.HistoryFile;
import io.datastored.proof.history.Kind;
import io.datastored.proof.site.Site;
import io.datastored.proof.site.Wire;
import io.datastored.soak.ChildProcess;
import io.datastored.soak.Soak;
import io.datastored.v1.DatastoreStatus;
import io.datastored.v1.StatusRequest;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * After DRAINED nothing that the mode refuses is in progress or can begin, whatever happens to
 * workers and server meanwhile.
 */
@Tag("soak")
final class DrainPromiseTest {

  private static final int RUNS = 50;
  private static final int DATASTORES = 3;
  private static final int DRAINS_OF_A_RUN = 10;

  /** Of sessions, as {@link Site#QUICK} says it. */
  private static final Duration TTL = Duration.ofSeconds(1);

  private static final Duration RAGE = Duration.ofSeconds(4);

  /** On a machine that has much else to do. */
  private static final Duration LONGEST_RAGE = Duration.ofSeconds(60);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;

  @Test
  void drained_underKillsAndPauses_isTrue() throws Exception {
    Soak soak =
        Soak.of(
            "histories of workers under kill -9 and SIGSTOP of all: after DRAINED nothing in its way");
    SplittableRandom random = soak.random();
    int runs = soak.times(RUNS);
    long granted = 0;
    long drained = 0;
    long kills = 0;
    long forced = 0;
    long ended = 0;
    List<String> violations = new ArrayList<>();
    for (int run = 0; run < runs; run++) {
      Site site = Site.make(directory.resolve("run" + run), Site.names(DATASTORES));
      kills += run(site, random.split());
      History history = History.of(HistoryFile.read(site.histories()));
      List<String> found = Checker.violations(TTL, history);
      found.forEach(violation -> System.err.println("run: " + violation));
      if (!found.isEmpty() || Boolean.getBoolean("proof.keep")) {
        site.keepHistories(soak.seed() + "-" + run);
      }
      violations.addAll(found);
      granted += history.granted();
      forced += lost(history, "FORCED");
      ended += lost(history, "LEASE_ENDED");
      drained += history.of(Kind.DRAINED).size();
    }
    System.err.printf(
        "%d runs: %d operations, %d lost by force, %d otherwise, %d times"
            + " DRAINED, %d kills of the server%n",
        runs, granted, forced, ended, drained, kills);
    assertThat(granted).isPositive();
    assertThat(drained).isGreaterThanOrEqualTo(runs);
    soak.end(runs, violations);
  }

  private static long lost(History history, String cause) {
    return history.of(Kind.LOST).stream()
        .filter(event -> event.text("cause").equals(cause))
        .count();
  }

  /** One run; answers how often the server was killed. */
  private static int run(Site site, SplittableRandom random) throws Exception {
    try (HistoryFile history = HistoryFile.of(site.histories(), "driver");
        Wire wire = site.connect();
        // The server first: in a state directory that somebody else has made it waits for leases
        // that an earlier one may have granted.
        Turmoil turmoil = Turmoil.start(site, DATASTORES, Site.QUICK, history, random.split());
        ChildProcess embedder =
            ChildProcess.start(
                "embedder",
                site.directory(),
                Embedder.class.getName(),
                ChildProcess.args(site.directory()))) {
      String unused = embedder.awaitLine("ready");
      List<ModeDriver> drivers = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < DATASTORES; i++) {
        ModeDriver driver = new ModeDriver(Site.name(i), wire, embedder, history, random.split());
        drivers.add(driver);
        threads.add(new Thread(driver, "driver-" + i));
      }
      Thread observer = new Thread(() -> observe(wire, history), "observer");
      observer.setDaemon(true);
      observer.start();
      threads.forEach(Thread::start);
      try {
        turmoil.rage(
            RAGE,
            LONGEST_RAGE,
            () -> drivers.stream().mapToInt(ModeDriver::drained).sum() >= DRAINS_OF_A_RUN);
      } finally {
        drivers.forEach(ModeDriver::stop);
      }
      for (Thread thread : threads) {
        thread.join(PATIENCE.toMillis());
        assertThat(thread.isAlive()).as(thread.getName()).isFalse();
      }
      observer.interrupt();
      observer.join();
      turmoil.calm();
      awaitRest(wire, history);
      return turmoil.serverKills();
    }
  }

  /** Writes down what Status says, ten times a second. */
  private static void observe(Wire wire, HistoryFile history) {
    try {
      while (true) {
        TimeUnit.MILLISECONDS.sleep(100);
        boolean unused = isAtRest(wire, history, false);
      }
    } catch (InterruptedException e) {
      // That is enough.
    }
  }

  /** Until all is over, the last leases of the dead too. */
  private static void awaitRest(Wire wire, HistoryFile history) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!isAtRest(wire, history, false) && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    boolean unused = isAtRest(wire, history, true);
  }

  private static boolean isAtRest(Wire wire, HistoryFile history, boolean last) {
    boolean rest = true;
    try {
      for (DatastoreStatus status :
          wire.datastores().status(StatusRequest.getDefaultInstance()).getDatastoresList()) {
        long read = status.getOperations().getRead();
        long write = status.getOperations().getWrite();
        rest &= read == 0 && write == 0 && status.getLeases() == 0;
        history.add(
            Kind.COUNTS,
            Stream.concat(
                    Stream.of("datastore", status.getDatastore().getName(), "read", read),
                    Stream.concat(
                        Stream.of("write", write, "leases", status.getLeases()),
                        last ? Stream.of("last", 1) : Stream.of()))
                .toArray());
      }
      return rest;
    } catch (StatusRuntimeException e) {
      return false;
    }
  }
}
