package io.datastored.client.proof;

import io.datastored.proof.site.Site;
import io.datastored.soak.ChildProcess;
import io.datastored.testkit.proxy.Direction;
import io.datastored.testkit.proxy.FaultProxy;
import io.datastored.testkit.proxy.Outage;
import io.datastored.v1.Datastore;
import io.datastored.v1.DrainRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * A staleness stage is a server and a client in processes of their own, a proxy between them, and
 * an operator, on which runs are played one after another. Confined to one thread.
 */
final class StalenessStage implements AutoCloseable {

  static final Duration TTL = Duration.ofSeconds(1);

  /** Long after every promise is over, on a machine that has much else to do. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final int LONGEST_MILLIS = 3000;

  /** Much less than a jump, much more than an answer takes. */
  private static final Duration FAR_OFF = Duration.ofMinutes(10);

  private final Site site;
  private final SplittableRandom random;
  private final Optional<HostClock> hostClock;
  private final Operator operator;
  private final ChildProcess server;
  private final FaultProxy proxy;
  private final ChildProcess client;

  private StalenessStage(
      Site site,
      SplittableRandom random,
      Optional<HostClock> hostClock,
      Operator operator,
      ChildProcess server,
      FaultProxy proxy,
      ChildProcess client) {
    this.site = site;
    this.random = random;
    this.hostClock = hostClock;
    this.operator = operator;
    this.server = server;
    this.proxy = proxy;
    this.client = client;
  }

  static StalenessStage set(Path directory, Upset.Crew crew, SplittableRandom random)
      throws IOException {
    Site site = Site.make(directory, CacheWorker.DATASTORES);
    ChildProcess server = site.serve(Site.QUICK);
    FaultProxy proxy = FaultProxy.to(site.address());
    Optional<HostClock> hostClock = Optional.empty();
    if (crew == Upset.Crew.HOST_CLOCKS) {
      hostClock = Optional.of(HostClock.of(HostClock.library().orElseThrow(), directory));
    }
    ChildProcess client =
        ChildProcess.start(
            "client",
            directory,
            CacheWorker.class.getName(),
            ChildProcess.args(directory, "client", proxy.target(), TTL.toMillis()),
            hostClock.map(HostClock::environment).orElse(Map.of()));
    StalenessStage stage =
        new StalenessStage(site, random, hostClock, Operator.of(site), server, proxy, client);
    String unused = client.awaitLine("ready");
    stage.requireOneMonotonicClock();
    return stage;
  }

  /**
   * Plays one run: the datastores change all the time; somewhere in or before the upset the
   * operator takes both out of service and drains them; then all is well again.
   *
   * @return what was done, for the log
   */
  String play(Upset upset) throws Exception {
    settle();
    Turn operating = new Turn("operates", () -> takeOutOfService(random.split()));
    Turn writing = new Turn("writes", () -> write(operating));
    writing.start();
    operating.start();
    TimeUnit.MILLISECONDS.sleep(random.nextInt(100));
    long begun = System.nanoTime();
    String done = upset(upset, Duration.ofMillis(random.nextInt(200, LONGEST_MILLIS)));
    long lasted = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    operating.join(PATIENCE);
    writing.join(PATIENCE);
    for (String datastore : CacheWorker.DATASTORES) {
      operator.mode(datastore, "NONE");
    }
    if (upset.shiftSeconds() != 0) {
      shift(0);
    }
    return upset + ": " + done + ", " + lasted + " ms";
  }

  /** Does it, and undoes it after a time. */
  private String upset(Upset upset, Duration time) throws Exception {
    int before = proxy.outages().size();
    switch (upset) {
      case LINK_CUT -> proxy.blackhole(Direction.BOTH);
      case CUT_TO_SERVER -> proxy.blackhole(List.of(Direction.TO_SERVER));
      case CUT_TO_CLIENT -> proxy.blackhole(List.of(Direction.TO_CLIENT));
      case CONNECTION_CUT -> {
        proxy.refuse();
        proxy.cut();
      }
      case CLIENT_STOPPED -> client.pause(time);
      case SERVER_STOPPED -> server.pause(time);
      case CLOCK_AHEAD, CLOCK_BACK -> {
        proxy.blackhole(Direction.BOTH);
        TimeUnit.MILLISECONDS.sleep(random.nextLong(TTL.toMillis()));
        shift(upset.shiftSeconds());
      }
      case HOST_CLOCK_AHEAD, HOST_CLOCK_BACK -> {
        // It is seen at some moment of the next second.
        hostClock.orElseThrow().shiftBy(upset.shiftSeconds());
        proxy.blackhole(Direction.BOTH);
        awaitShift(upset.shiftSeconds());
      }
    }
    TimeUnit.NANOSECONDS.sleep(time.toNanos());
    proxy.heal();
    List<Outage> outages = proxy.outages();
    return outages.size() > before
        ? outages.subList(before, outages.size()).toString()
        : "SIGSTOP for " + time.toMillis() + " ms";
  }

  /** Sets the client's wall clock, and makes sure that it is set and the other one is not. */
  private void shift(int seconds) throws IOException, InterruptedException {
    if (hostClock.isPresent()) {
      hostClock.get().shiftBy(seconds);
    } else {
      String unused = client.ask("shift " + seconds);
    }
    awaitShift(seconds);
  }

  private void awaitShift(int seconds) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (Math.abs(offBy(seconds)) > FAR_OFF.toMillis()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("the client's clock is off by " + offBy(seconds) + " ms");
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
    requireOneMonotonicClock();
  }

  private long offBy(int seconds) throws IOException {
    long wall = Long.parseLong(client.ask("clocks").split(" ")[1]);
    return wall - System.currentTimeMillis() - TimeUnit.SECONDS.toMillis(seconds);
  }

  /** Times of two processes can be compared: each sees the other's between two of its own. */
  private void requireOneMonotonicClock() throws IOException {
    long before = System.nanoTime();
    long there = Long.parseLong(client.ask("clocks").split(" ")[0]);
    long after = System.nanoTime();
    if (there < before || there > after) {
      throw new AssertionError(there + " is not between " + before + " and " + after);
    }
  }

  /** Until the client is FRESH, holds what it wants, and has everything in memory. */
  void settle() throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!isSettled()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "the client does not recover: " + client.ask("state") + ", " + operator.datastores());
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private boolean isSettled() throws IOException {
    if (!client.ask("state").equals("FRESH " + CacheWorker.DATASTORES.size())) {
      return false;
    }
    for (Datastore datastore : operator.datastores()) {
      String generation = client.ask("generation " + datastore.getName());
      if (!generation.equals(Long.toString(datastore.getGeneration()))) {
        return false;
      }
    }
    return true;
  }

  private void takeOutOfService(SplittableRandom chance) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(chance.nextInt(800));
    List<Turn> drains = new ArrayList<>();
    for (String datastore : CacheWorker.DATASTORES) {
      operator.mode(datastore, "OFFLINE");
      DrainRequest.Builder how = DrainRequest.newBuilder().setForce(chance.nextInt(4) == 0);
      Turn drain =
          new Turn(
              "drains",
              () -> {
                if (!operator.drain(datastore, how, PATIENCE)) {
                  throw new AssertionError(datastore + " is not drained");
                }
              });
      drain.start();
      drains.add(drain);
    }
    for (Turn drain : drains) {
      drain.join(PATIENCE);
    }
    // While this lasts nothing may be alive.
    TimeUnit.MILLISECONDS.sleep(50);
  }

  private void write(Turn until) throws InterruptedException {
    for (int i = 0; !until.isOver(); i++) {
      boolean unused =
          operator.comment(CacheWorker.DATASTORES.get(i % CacheWorker.DATASTORES.size()));
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  @Override
  public void close() throws Exception {
    boolean ended = client.finish(PATIENCE);
    client.close();
    operator.close();
    proxy.close();
    server.close();
    if (!ended) {
      throw new AssertionError("the client does not end");
    }
  }
}
