package io.datastored.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.etcd.testkit.EtcdCluster;
import io.datastored.proof.checker.Checker;
import io.datastored.proof.history.Digest;
import io.datastored.proof.history.History;
import io.datastored.proof.history.HistoryFile;
import io.datastored.proof.history.Kind;
import io.datastored.proof.site.Site;
import io.datastored.proof.site.Wire;
import io.datastored.soak.ChildProcess;
import io.datastored.soak.Soak;
import io.datastored.v1.CloseSessionRequest;
import io.datastored.v1.CloseSessionResponse;
import io.datastored.v1.DatastoreStatus;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.OperationCounts;
import io.datastored.v1.Revision;
import io.datastored.v1.StatusRequest;
import io.datastored.v1.StatusResponse;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Servers that share a history in etcd keep every promise whichever of them, and of the members of
 * etcd, are killed or stopped; and when nobody disturbs any more, they all come to have the same,
 * and nothing is left of who died.
 *
 * <p>Three members of etcd, three servers, and as many clients as two cores have time for: two
 * processes with a near cache; three raw clients whose leases move with them, a watch, two
 * operators and two authors as threads. A round is a minute of evil, and has a history of its own.
 */
@Tag("etcd")
final class NemesisTest {

  private static final int ROUNDS = 30;
  private static final Duration RAGE = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int WORKERS = 3;
  private static final int CACHES = 2;
  private static final List<String> DATASTORES = Site.names(2);

  @TempDir Path directory;

  /** What went wrong in threads. */
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  @Test
  void replicas_underKillsAndStopsOfAll_keepEveryPromise() throws Exception {
    Soak soak =
        Soak.of("rounds of a fleet on etcd under kills and stops of all: what checkers find");
    System.err.println("nemesis: soak.seed=" + soak.seed());
    SplittableRandom random = soak.random();
    int rounds = soak.times(ROUNDS);
    List<String> violations = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      Site site = Site.make(directory.resolve("round" + round), DATASTORES);
      // Each round may leave etcd with whatever it wants: the next one has a new one.
      List<String> found = new ArrayList<>();
      try (EtcdCluster etcd = EtcdCluster.start(site.directory(), 3)) {
        found.addAll(play(site, etcd, random.split()));
      } catch (Exception | AssertionError e) {
        keep(site, soak.seed() + "-" + round);
        throw e;
      }
      History history = History.of(HistoryFile.read(site.histories()));
      found.addAll(Checker.violations(ReplicaSite.TTL, history));
      found.forEach(violation -> System.err.println("nemesis: " + violation));
      if (!found.isEmpty() || Boolean.getBoolean("proof.keep")) {
        keep(site, soak.seed() + "-" + round);
      }
      violations.addAll(found);
      tell(history);
    }
    soak.end(rounds, violations);
  }

  /** Without these a history would prove nothing. */
  private static void tell(History history) {
    long moved =
        history.uses().stream()
            .filter(use -> use.isGranted() && use.granted().has("replica"))
            .map(use -> use.granted().text("replica"))
            .filter(replica -> !replica.startsWith("of-"))
            .distinct()
            .count();
    System.err.printf(
        "nemesis: %d grants at %d servers, %d answers from memory, %d frames, %d writes done, %d"
            + " refused, %d unknown, %d times DRAINED, %d drains ended otherwise%n",
        history.granted(),
        moved,
        history.of(Kind.HIT).size(),
        history.of(Kind.DELIVERED).size(),
        history.of(Kind.WRITE_DONE).size(),
        history.of(Kind.WRITE_REFUSED).size(),
        history.of(Kind.WRITE_UNKNOWN).size(),
        history.of(Kind.DRAINED).size(),
        history.of(Kind.DRAIN_ENDED).size());
    assertThat(history.of(Kind.DRAINED)).hasSizeGreaterThanOrEqualTo(DATASTORES.size());
    assertThat(history.of(Kind.HIT)).isNotEmpty();
    assertThat(history.of(Kind.DELIVERED)).isNotEmpty();
    assertThat(moved).as("servers that have granted").isGreaterThan(1);
  }

  private static void keep(Site site, String run) throws IOException {
    site.keepHistories(run);
    Path kept = Path.of("target", "failed-histories", run);
    try (Stream<Path> files = Files.list(site.directory())) {
      for (Path log : files.filter(file -> file.toString().endsWith(".log")).toList()) {
        Files.copy(log, kept.resolve(log.getFileName()));
      }
    }
  }

  /** One round; answers what went wrong in threads. */
  private List<String> play(Site site, EtcdCluster etcd, SplittableRandom random) throws Exception {
    List<ChildProcess> caches = new ArrayList<>();
    List<AutoCloseable> open = new ArrayList<>();
    try (ReplicaSite replicas = ReplicaSite.start(site, etcd, "/datastored/fleet/")) {
      for (int i = 0; i < CACHES; i++) {
        caches.add(startCache(site, replicas, "cache" + i));
      }
      until("all servers promise", () -> states(replicas).size() == ReplicaSite.REPLICAS);
      Told told = new Told(states(replicas).get(0).revision());
      List<Thread> writers = new ArrayList<>();
      List<ReplicaOperator> operators = new ArrayList<>();
      for (String datastore : DATASTORES) {
        ReplicaOperator operator =
            operator("operator-" + datastore, site, replicas, told, random, open);
        operators.add(operator);
        writers.add(thread("operates-" + datastore, () -> operator.operate(datastore)));
        ReplicaOperator author =
            operator("author-" + datastore, site, replicas, told, random, open);
        operators.add(author);
        writers.add(thread("edits-" + datastore, () -> author.edit(DATASTORES)));
      }
      List<Thread> readers = new ArrayList<>();
      List<RoamingWorker> workers = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        HistoryFile history = HistoryFile.of(site.histories(), "worker" + i);
        open.add(history);
        RoamingWorker worker =
            new RoamingWorker(
                "worker" + i,
                DATASTORES,
                replicas.wires(),
                i % ReplicaSite.REPLICAS,
                history,
                told,
                random.split());
        workers.add(worker);
        readers.add(thread("worker" + i, worker));
      }
      HistoryFile watcher = HistoryFile.of(site.histories(), "watcher");
      open.add(watcher);
      Thread watch = thread("watches", () -> watch(replicas.wires(), watcher, random.split()));
      Nemesis nemesis = new Nemesis(replicas, caches, random.split());
      nemesis.rage(RAGE);
      System.err.println("nemesis: " + nemesis);
      operators.forEach(ReplicaOperator::stop);
      join(writers);
      workers.forEach(RoamingWorker::stop);
      join(readers);
      rest(site, replicas, caches);
      watch.interrupt();
      join(List.of(watch));
      List<String> failed = List.copyOf(failures);
      failures.clear();
      return failed;
    } finally {
      caches.forEach(ChildProcess::close);
      for (AutoCloseable one : open) {
        one.close();
      }
    }
  }

  private static ChildProcess startCache(Site site, ReplicaSite replicas, String name)
      throws IOException {
    ChildProcess cache =
        ChildProcess.start(
            name,
            site.directory(),
            "io.datastored.client.proof.CacheWorker",
            ChildProcess.args(
                site.directory(), name, replicas.targets(), ReplicaSite.TTL.toMillis()));
    String unused = cache.awaitLine("ready");
    return cache;
  }

  private static ReplicaOperator operator(
      String name,
      Site site,
      ReplicaSite replicas,
      Told told,
      SplittableRandom random,
      List<AutoCloseable> open)
      throws IOException {
    HistoryFile history = HistoryFile.of(site.histories(), name);
    open.add(history);
    return new ReplicaOperator(name, replicas.wires(), history, told, random.split());
  }

  private Thread thread(String name, Runnable work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (RuntimeException | AssertionError e) {
                failures.add(name + " failed: " + e);
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void join(List<Thread> threads) throws InterruptedException {
    for (Thread thread : threads) {
      thread.join(PATIENCE.toMillis());
      assertThat(thread.isAlive()).as(thread.getName()).isFalse();
    }
  }

  /** Follows the history at whatever server, until it is interrupted. */
  private static void watch(List<Wire> wires, HistoryFile history, SplittableRandom random) {
    CachedModes modes =
        new CachedModes(() -> wires.get(random.nextInt(wires.size())), "", history, revision -> {});
    try {
      while (true) {
        modes.follow();
        TimeUnit.MILLISECONDS.sleep(100);
      }
    } catch (InterruptedException e) {
      // That is enough.
    }
  }

  /** What a server has, in the words of a history. */
  private record Has(String name, Revision revision, String digest, String life) {}

  /** From here on nobody disturbs: all come to have the same, and of the dead nothing is left. */
  private static void rest(Site site, ReplicaSite replicas, List<ChildProcess> caches)
      throws Exception {
    for (ChildProcess cache : caches) {
      until(cache.name() + " is fresh", () -> cache.ask("state").startsWith("FRESH "));
    }
    until("all servers promise", () -> states(replicas).size() == ReplicaSite.REPLICAS);
    try (HistoryFile nemesis = HistoryFile.of(site.histories(), "nemesis")) {
      nemesis.add(Kind.REST);
      List<HistoryFile> told = new ArrayList<>();
      try {
        for (int i = 0; i < ReplicaSite.REPLICAS; i++) {
          told.add(HistoryFile.of(site.histories(), ReplicaSite.name(i)));
        }
        until(
            "the same everywhere, and nobody else",
            () -> {
              boolean have = true;
              for (ChildProcess cache : caches) {
                have &= cache.ask("have").equals("true");
              }
              return writeStates(replicas, told) && have;
            });
        for (ChildProcess cache : caches) {
          assertThat(cache.finish(PATIENCE)).as(cache.name() + " ends").isTrue();
        }
        until("nothing is counted", () -> writeCounts(replicas, told, false));
        boolean unused = writeCounts(replicas, told, true) && writeStates(replicas, told);
      } finally {
        for (HistoryFile history : told) {
          history.close();
        }
      }
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  /** Awaits it; if it never comes to hold, the checkers say so by what was written down. */
  private static void until(String what, Condition condition) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos() / 2;
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        System.err.println("nemesis: not in time: " + what);
        return;
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  /** Of the servers that promise something. */
  private static List<Has> states(ReplicaSite replicas) {
    List<Has> states = new ArrayList<>();
    for (int i = 0; i < ReplicaSite.REPLICAS; i++) {
      Wire wire = replicas.wires().get(i);
      try {
        String session =
            wire.sessions()
                .openSession(
                    OpenSessionRequest.newBuilder()
                        .setSessionId("observer-" + i)
                        .setTtl(Wire.millis(ReplicaSite.TTL.toMillis()))
                        .build())
                .getSessionId();
        CloseSessionResponse unused =
            wire.sessions()
                .closeSession(CloseSessionRequest.newBuilder().setSessionId(session).build());
        StatusResponse status = wire.datastores().status(StatusRequest.getDefaultInstance());
        states.add(
            new Has(
                ReplicaSite.name(i),
                status.getRevision(),
                Digest.of(
                    status.getDatastoresList().stream()
                        .map(DatastoreStatus::getDatastore)
                        .toList()),
                session.substring(session.lastIndexOf(':') + 1)));
      } catch (StatusRuntimeException e) {
        // Then it says nothing.
      }
    }
    return states;
  }

  /** Writes down what the servers have; true when it is the same and nobody else is known. */
  private static boolean writeStates(ReplicaSite replicas, List<HistoryFile> told) {
    List<Has> states = states(replicas);
    Set<String> lives = replicas.keys("life/");
    int work = replicas.keys("work/").size() + replicas.keys("ask/").size();
    Set<String> own = new TreeSet<>();
    for (Has has : states) {
      own.add(has.life());
      told.get(Integer.parseInt(has.name().substring(1)))
          .add(
              Kind.STATE,
              "revision",
              has.revision().getIncarnation() + ":" + has.revision().getGeneration(),
              "digest",
              has.digest(),
              "life",
              has.life(),
              "lives",
              String.join(",", lives),
              "work",
              work);
    }
    return states.size() == ReplicaSite.REPLICAS
        && lives.equals(own)
        && work == 0
        && states.stream().map(has -> has.revision() + has.digest()).distinct().count() == 1;
  }

  /** Writes down what the servers count; true when it is nothing. */
  private static boolean writeCounts(ReplicaSite replicas, List<HistoryFile> told, boolean last) {
    boolean nothing = true;
    for (int i = 0; i < ReplicaSite.REPLICAS; i++) {
      try {
        for (DatastoreStatus status :
            replicas
                .wires()
                .get(i)
                .datastores()
                .status(StatusRequest.getDefaultInstance())
                .getDatastoresList()) {
          OperationCounts counts = status.getOperations();
          nothing &= counts.getRead() == 0 && counts.getWrite() == 0 && status.getLeases() == 0;
          List<Object> fields =
              new ArrayList<>(
                  List.of(
                      "datastore",
                      status.getDatastore().getName(),
                      "read",
                      counts.getRead(),
                      "write",
                      counts.getWrite(),
                      "leases",
                      status.getLeases(),
                      "replica",
                      ReplicaSite.name(i)));
          if (last) {
            fields.addAll(List.of("last", 1));
          }
          told.get(i).add(Kind.COUNTS, fields.toArray());
        }
      } catch (StatusRuntimeException e) {
        nothing = false;
      }
    }
    return nothing;
  }
}
