package io.datastored.proof;

import io.datastored.proof.history.HistoryFile;
import io.datastored.proof.history.Kind;
import io.datastored.proof.site.Site;
import io.datastored.soak.ChildProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A turmoil is a site whose workers and server are stopped and killed at random and started again.
 * Confined to one thread.
 */
final class Turmoil implements AutoCloseable {

  private static final int KILLS = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final List<Class<?>> WORKERS =
      List.of(LocalWorker.class, LocalWorker.class, RemoteWorker.class, CachingWorker.class);

  private final Site site;
  private final int datastores;
  private final List<String> serving;
  private final HistoryFile history;
  private final SplittableRandom random;
  private final List<ChildProcess> workers = new ArrayList<>();
  private final List<Class<?>> kinds = new ArrayList<>();
  private ChildProcess server;
  private int started;
  private int serverKills;
  private int kills;

  private Turmoil(
      Site site,
      int datastores,
      List<String> serving,
      HistoryFile history,
      SplittableRandom random,
      ChildProcess server) {
    this.site = site;
    this.datastores = datastores;
    this.serving = serving;
    this.history = history;
    this.random = random;
    this.server = server;
  }

  /** A server and its workers. */
  static Turmoil start(
      Site site, int datastores, List<String> serving, HistoryFile history, SplittableRandom random)
      throws IOException {
    ChildProcess server = site.serve(serving);
    Turmoil turmoil = new Turmoil(site, datastores, serving, history, random, server);
    try {
      for (Class<?> kind : WORKERS) {
        turmoil.startWorker(kind);
      }
      for (ChildProcess worker : turmoil.workers) {
        String unused = worker.awaitLine("ready");
      }
      return turmoil;
    } catch (IOException e) {
      turmoil.close();
      throw e;
    }
  }

  private void startWorker(Class<?> kind) throws IOException {
    String name = kind.getSimpleName() + started++;
    workers.add(
        ChildProcess.start(
            name,
            site.directory(),
            kind.getName(),
            ChildProcess.args(site.directory(), name, random.nextLong(), datastores)));
    kinds.add(kind);
  }

  /**
   * Lets things happen until enough has happened, for {@code least} and up to {@code most}. Two
   * workers are killed, and in one of two times the server.
   */
  void rage(Duration least, Duration most, BooleanSupplier enough)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    long serverKill = random.nextLong(2 * least.toNanos());
    while (lasts(begun, least) || (lasts(begun, most) && !enough.getAsBoolean())) {
      TimeUnit.MILLISECONDS.sleep(random.nextInt(20, 500));
      int victim = random.nextInt(workers.size());
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> workers.get(victim).pause(millis(20, 2500));
        case 3 -> server.pause(millis(20, 1500));
        case 4, 5 -> {
          if (kills < KILLS) {
            replace(victim);
          }
        }
        default -> {
          // A rest.
        }
      }
      if (serverKills == 0 && serverKill < least.toNanos() && !lasts(begun, serverKill)) {
        restartServer();
      }
    }
  }

  private static boolean lasts(long begun, Duration time) {
    return lasts(begun, time.toNanos());
  }

  private static boolean lasts(long begun, long nanos) {
    return System.nanoTime() - begun < nanos;
  }

  private Duration millis(int least, int most) {
    return Duration.ofMillis(random.nextInt(least, most));
  }

  private void replace(int victim) throws IOException {
    ChildProcess worker = workers.get(victim);
    // Before it dies: what it did is over then at the earliest.
    history.add(Kind.KILL, "worker", worker.name());
    worker.kill();
    kills++;
    workers.remove(victim);
    startWorker(kinds.remove(victim));
  }

  private void restartServer() throws IOException {
    server.kill();
    serverKills++;
    server = site.serve(serving);
  }

  int serverKills() {
    return serverKills;
  }

  /** Lets the workers end by themselves. */
  void calm() throws IOException, InterruptedException {
    for (ChildProcess worker : workers) {
      if (!worker.finish(PATIENCE)) {
        throw new IOException(worker + " does not end");
      }
    }
  }

  @Override
  public void close() {
    workers.forEach(ChildProcess::close);
    server.close();
  }
}
