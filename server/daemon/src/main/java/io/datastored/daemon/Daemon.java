package io.datastored.daemon;

import com.google.common.base.Stopwatch;
import com.google.common.collect.ImmutableList;
import com.google.common.io.Closer;
import io.datastored.admin.AdminListener;
import io.datastored.admin.AdminSources;
import io.datastored.engine.Engine;
import io.datastored.engine.EngineStartException;
import io.datastored.engine.health.PeriodicTask;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.file.StoreException;
import io.datastored.lease.Leases;
import io.datastored.probe.FileSystemProbe;
import io.datastored.probe.Probes;
import io.datastored.service.Rooms;
import io.datastored.service.Services;
import io.datastored.service.call.ServerLife;
import io.datastored.transport.EventLoops;
import io.datastored.watch.WatchFeed;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A daemon is one running server: an engine and everything that serves it. Thread-safe. It is
 * assembled in {@link #assemble}, top to bottom, and stopped in the reverse order.
 */
public final class Daemon implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Daemon.class);

  private final Engine engine;
  private final Backing backing;
  private final Health health;
  private final ServerLife life;
  private final Listeners listeners;
  private final Optional<AdminListener> admin;
  private final Services services;
  private final Leases leases;
  private final DaemonOptions options;
  private final Closer rooms;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final CountDownLatch ending = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);

  private Daemon(
      Backing backing,
      Health health,
      ServerLife life,
      Listeners listeners,
      Optional<AdminListener> admin,
      Services services,
      Leases leases,
      DaemonOptions options,
      Closer rooms) {
    this.engine = backing.engine();
    this.backing = backing;
    this.health = health;
    this.life = life;
    this.listeners = listeners;
    this.admin = admin;
    this.services = services;
    this.leases = leases;
    this.options = options;
    this.rooms = rooms;
  }

  /**
   * Starts a server and returns when it is ready.
   *
   * @throws DaemonStartException with one sentence for the operator; then nothing keeps running
   */
  public static Daemon start(DaemonOptions options) throws DaemonStartException {
    Closer rooms = Closer.create();
    boolean started = false;
    try {
      Files.createDirectories(options.engine().stateDirectory());
      rooms.register(ServeLock.take(options.engine().stateDirectory()));
      Environment around = Environment.system();
      AccessStart rules = AccessStart.read(options, around);
      // Before the engine: a server that cannot listen changes nothing, and the engine may create
      // the directory of the socket with another mode.
      ImmutableList<ListenAddress> addresses = NettyListeners.addresses(options);
      Threads threads = Threads.of(options.calls());
      rooms.register(threads::close);
      Backing backing = open(options, around, threads, rooms);
      Engine engine = backing.engine();
      Optional<TlsIdentity> tls = TlsIdentity.of(options, engine, rooms);
      Guards guards = Guards.of(rules.begin(engine, rooms), options, engine, around, rooms);
      EventLoops loops = EventLoops.create();
      rooms.register(loops::close);
      var network =
          new NettyListeners(
              addresses,
              options.socketAccess(),
              options.exposure(),
              tls,
              options.transport(),
              loops,
              guards.access(),
              around);
      Daemon daemon = assemble(backing, options, around, threads, guards, network, rooms);
      started = true;
      return daemon;
    } catch (EngineStartException | StoreException e) {
      String sentence = Objects.requireNonNullElse(e.getMessage(), e.toString());
      throw new DaemonStartException(DaemonStartException.Kind.ENGINE, sentence, e);
    } catch (IOException e) {
      throw new DaemonStartException(
          DaemonStartException.Kind.ENGINE,
          StoreException.of("use", options.engine().stateDirectory(), e).getMessage(),
          e);
    } finally {
      if (!started) {
        closeQuietly(rooms);
      }
    }
  }

  private static Backing open(
      DaemonOptions options, Environment around, Threads threads, Closer rooms)
      throws DaemonStartException, StoreException, EngineStartException {
    Optional<ReplicaOptions> replica = options.replica();
    return replica.isPresent()
        ? EtcdBacking.open(options, replica.get(), around, threads.background(), rooms)
        : FileBacking.open(options, around, rooms);
  }

  /** The only place where the rooms are wired: engine → watches → leases → services → server. */
  static Daemon assemble(
      Backing backing,
      DaemonOptions options,
      Environment around,
      Threads threads,
      Guards guards,
      ListenerFactory network,
      Closer rooms)
      throws DaemonStartException, StoreException {
    Engine engine = backing.engine();
    ServerLife life =
        new ServerLife(options.version(), around.ticker(), network::certificateExpires);

    WatchFeed feed =
        new WatchFeed(
            engine::snapshot,
            Services.frames(),
            threads.fanOut(),
            options.watches(),
            guards.access());
    rooms.register(engine.addListener(feed)::close);
    guards.access().addListener(feed::onRulesChanged);

    Leases leases =
        new Leases(
            engine,
            backing.ground(),
            options.leases(),
            around.ticker(),
            around.random(),
            guards.audit(),
            threads.background());
    rooms.register(leases::close);
    Duration tick = options.leases().tick();
    // Only the sweep advances lease time, so its thread runs nothing that may hang.
    rooms.register(
        engine.tasks().start("lease sweep", tick, PeriodicTask.Need.TO_SERVE, leases::sweep)
            ::close);

    Probes probes =
        new Probes(
            options.probes(),
            new FileSystemProbe(),
            around.ticker(),
            (basePath, question) -> engine.bulkheads().of(basePath).execute(question));

    Services services =
        Services.of(
            new Rooms(
                engine,
                feed,
                leases,
                backing.confirmation(),
                backing.replicas(),
                probes,
                life,
                guards.access(),
                guards.audit(),
                guards.traces(),
                backing.lookers()),
            options.service(),
            options.drains(),
            threads.runtime(options.calls(), around));
    Health health = new Health(services.all());

    Optional<AdminListener> admin =
        AdminStart.start(
            options.admin(),
            network.tls(),
            new AdminSources(
                engine,
                leases,
                backing.replicas(),
                services,
                probes,
                life,
                guards.access(),
                ImmutableList.of(threads.calls(), threads.operatorCalls()),
                network.loops(),
                around.ticker(),
                around.wallClock()),
            rooms);
    Listeners listeners =
        network.start(
            Infrastructure.everywhere(services, health), Infrastructure.localOnly(services));
    // If anything fails from here on, no listener stays open.
    rooms.register(listeners::close);
    // Behind the listeners: a server that cannot listen must leave nothing that others wait for.
    backing.begin(leases, rooms);
    leases.recovery().begin();
    life.serving();
    health.serving();
    engine.tasks().onTurn(() -> health.allTasksRun(engine.tasks().allRun()));
    health.allTasksRun(engine.tasks().allRun());
    var upkeep = new Housekeeping(services, leases.recovery(), backing, health, guards.audit());
    upkeep.run();
    rooms.register(
        engine.tasks().start("upkeep", options.upkeep(), PeriodicTask.Need.TO_SERVE, upkeep::run)
            ::close);
    var daemon =
        new Daemon(backing, health, life, listeners, admin, services, leases, options, rooms);
    CompletableFuture.anyOf(engine.lost(), backing.replaced()).thenAccept(end -> daemon.lose());
    rooms.register(NotifySocket.ofThisProcess().serving(engine, life, daemon::isReplaced));
    log.atInfo()
        .addKeyValue("addresses", daemon.addresses())
        .addKeyValue("revision", engine.snapshot().revision())
        .addKeyValue("datastores", engine.snapshot().byName().size())
        .addKeyValue("recovery_left", leases.recovery().left().orElse(Duration.ZERO))
        .log("serving");
    return daemon;
  }

  /** The addresses it listens on, with the ports that the system chose. */
  public ImmutableList<SocketAddress> addresses() {
    return listeners.addresses();
  }

  /** The URL of the admin listener; empty if there is none. */
  public Optional<String> adminUrl() {
    return admin.map(AdminListener::url);
  }

  /** The served snapshot. */
  public Snapshot snapshot() {
    return engine.snapshot();
  }

  /** Reads all files again, without waiting until it would do so by itself. */
  public void reload(Runnable readOptions) {
    new Reload(engine, options).run(readOptions);
  }

  /** Waits until it has stopped, or must be closed because it cannot serve any longer. */
  public void awaitStop() throws InterruptedException {
    ending.await();
  }

  /** Why it can never serve again; empty while it can. */
  public Optional<String> lost() {
    CompletableFuture<String> lost = engine.lost();
    return lost.isDone() ? Optional.of(lost.join()) : Optional.empty();
  }

  boolean isReplaced() {
    return backing.replaced().isDone();
  }

  /** What it serves is lost: wakes waiting threads, ends watches; its owner does the rest. */
  private void lose() {
    health.notServing();
    services.close();
    ending.countDown();
  }

  /**
   * Stops gracefully, within the grace and a little more. Idempotent: a second caller waits for the
   * first.
   */
  @Override
  public void close() {
    if (!stopping.compareAndSet(false, true)) {
      awaitFirstStop();
      return;
    }
    try {
      stop();
    } finally {
      closeQuietly(rooms);
      stopped.countDown();
      ending.countDown();
      log.atInfo().log("stopped");
    }
  }

  private void stop() {
    log.atInfo().addKeyValue("grace", options.grace()).log("stopping");
    life.stopping();
    // First of all: while clients are disconnected, no load balancer may send new ones, and a
    // health watch that ends without this update would show no reason.
    health.notServing();
    services.close();
    // Make before break: a client that has moved gives back here what it holds, on the connection
    // that is still open.
    Stopwatch moving = Stopwatch.createStarted();
    backing.awaitMoves(leases, options.grace().dividedBy(2));
    listeners.refuseNew();
    listeners.finish(options.grace().minus(moving.elapsed()));
    try {
      backing.leave(leases);
    } catch (StoreException e) {
      log.atWarn()
          .setCause(e)
          .log("leases could not be recorded as ended; drains wait for them to expire");
    }
  }

  private void awaitFirstStop() {
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void closeQuietly(Closer rooms) {
    try {
      rooms.close();
    } catch (IOException | RuntimeException e) {
      log.atWarn().setCause(e).log("could not close a resource at shutdown");
    }
  }
}
