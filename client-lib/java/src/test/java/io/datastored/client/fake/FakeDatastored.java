package io.datastored.client.fake;

import io.datastored.client.ClientOptions;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.ErrorReason;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MountState;
import io.datastored.v1.Revision;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * A fake datastored is an in-memory server for tests. Thread-safe. What it implements follows the
 * contract: lookups obey modes, sessions expire, leases are counted, watches resume. It does not
 * implement drains and Status.
 *
 * <pre>{@code
 * try (var server = FakeDatastored.start();
 *     var client = DatastoredClient.create(server.options().build()).start()) {
 *   server.put("main");
 *   client.lookup("main", Operation.WRITE).close();
 *   server.setMode("main", MaintenanceMode.MAINTENANCE_MODE_OFFLINE, "disk swap");
 * }
 * }</pre>
 */
public final class FakeDatastored implements AutoCloseable {

  static final Maintenance IN_SERVICE =
      Maintenance.newBuilder().setMode(MaintenanceMode.MAINTENANCE_MODE_NONE).build();

  private final FakeWorld world;
  private final FakeScript script;
  private final FakeWatches watches;
  private final Server server;
  private final Optional<String> inProcess;
  private final ScheduledExecutorService timer;
  private final boolean ownTimer;

  private FakeDatastored(
      Optional<String> inProcess,
      ServerBuilder<?> builder,
      ScheduledExecutorService timer,
      boolean ownTimer,
      LongSupplier nanoTime) {
    this.world = new FakeWorld(nanoTime);
    this.script = new FakeScript(world);
    this.watches = new FakeWatches(world);
    this.inProcess = inProcess;
    this.timer = timer;
    this.ownTimer = ownTimer;
    new FakeServices(world, watches, script).all().forEach(builder::addService);
    try {
      this.server = builder.directExecutor().build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (ownTimer) {
      var unused = timer.scheduleAtFixedRate(this::sendBookmarks, 1, 1, TimeUnit.SECONDS);
    }
  }

  /** Starts a server on a free port of the loopback interface. */
  public static FakeDatastored start() {
    return on(FakeNetwork.begin());
  }

  /** Starts a server with another transport, on the port of the builder. */
  public static FakeDatastored on(ServerBuilder<?> builder) {
    return new FakeDatastored(Optional.empty(), builder, ownTimer(), true, System::nanoTime);
  }

  /** Starts an in-process server; needs {@code io.grpc:grpc-inprocess}. */
  public static FakeDatastored inProcess() {
    return inProcess(ownTimer(), true, System::nanoTime);
  }

  /**
   * Starts an in-process server with this timer and clock. It sends bookmarks only on {@link
   * #sendBookmarks} and {@link #requestAcks}, and {@link #close} does not close the timer.
   */
  public static FakeDatastored inProcess(ScheduledExecutorService timer, LongSupplier nanoTime) {
    return inProcess(timer, false, nanoTime);
  }

  /** What grpc-inprocess is for: a program that does without it never loads this class. */
  private static final class InProcess {
    static ServerBuilder<?> server(String name, ScheduledExecutorService timer) {
      return InProcessServerBuilder.forName(name).scheduledExecutorService(timer);
    }

    static ManagedChannelBuilder<?> channel(String name, ScheduledExecutorService timer) {
      return InProcessChannelBuilder.forName(name).scheduledExecutorService(timer);
    }
  }

  private static FakeDatastored inProcess(
      ScheduledExecutorService timer, boolean own, LongSupplier nanoTime) {
    String name = "fake-" + UUID.randomUUID();
    return new FakeDatastored(
        Optional.of(name), InProcess.server(name, timer), timer, own, nanoTime);
  }

  private static ScheduledExecutorService ownTimer() {
    return Executors.newSingleThreadScheduledExecutor(
        task -> {
          var thread = new Thread(task, "fake-datastored");
          thread.setDaemon(true);
          return thread;
        });
  }

  /** The target for clients: an address, or the name of the in-process server. */
  public String target() {
    return inProcess.orElseGet(() -> "127.0.0.1:" + server.getPort());
  }

  /** A builder of options for a client that connects to this server. */
  public ClientOptions.Builder options() {
    ClientOptions.Builder options = ClientOptions.builder(target());
    inProcess.ifPresent(name -> options.channels(target -> InProcess.channel(target, timer)));
    return options;
  }

  /**
   * A builder of options for a client that connects to this server or another one of the same
   * transport.
   */
  public ClientOptions.Builder options(FakeDatastored other) {
    ClientOptions.Builder options = ClientOptions.builder(List.of(target(), other.target()));
    inProcess.ifPresent(name -> options.channels(target -> InProcess.channel(target, timer)));
    return options;
  }

  /**
   * Makes this server one of several: its session ids end with this life of 8 letters, and leases
   * of the others may be continued here.
   */
  public void liveAs(String life) {
    synchronized (world) {
      world.life = life;
    }
  }

  /** Forgets sessions and leases, as a server does whose life is over, and begins another life. */
  public void nextLife(String life) {
    synchronized (world) {
      world.liveAs(life);
    }
  }

  /** Serves the same history as another server, from its present state on. */
  public void join(FakeDatastored other) {
    synchronized (world) {
      world.join(other.world);
    }
  }

  /** Runs a check whenever a method is called, before the call is executed. */
  public void onCall(String method, Runnable check) {
    synchronized (world) {
      script.onCall(method, check);
    }
  }

  /**
   * Adds or replaces a datastore that is in service, not removable, with path {@code /srv/NAME}.
   */
  public Revision put(String name) {
    return put(
        Datastore.newBuilder()
            .setName(name)
            .setMaintenance(IN_SERVICE)
            .setMountState(MountState.MOUNT_STATE_NOT_REMOVABLE)
            .setSettings(DatastoreSettings.newBuilder().setPath("/srv/" + name))
            .build());
  }

  /** Adds or replaces a datastore; the server sets etag, generation and base path. */
  public Revision put(Datastore datastore) {
    synchronized (world) {
      Datastore committed = world.commit(datastore);
      watches.changed(committed.getName());
      return world.revision();
    }
  }

  /** Removes a datastore. */
  public Revision remove(String name) {
    synchronized (world) {
      world.commitRemoval(name);
      watches.changed(name);
      return world.revision();
    }
  }

  /** Sets the maintenance mode of a datastore, which must exist. */
  public Revision setMode(String name, MaintenanceMode mode, String message) {
    synchronized (world) {
      return put(
          world.datastores.get(name).toBuilder()
              .setMaintenance(Maintenance.newBuilder().setMode(mode).setMessage(message))
              .build());
    }
  }

  /** Sets a mode by number, for modes that do not exist yet. The datastore must exist. */
  public Revision setModeNumber(String name, int mode) {
    synchronized (world) {
      return put(
          world.datastores.get(name).toBuilder()
              .setMaintenance(Maintenance.newBuilder().setModeValue(mode))
              .build());
    }
  }

  /** The current revision. */
  public Revision revision() {
    synchronized (world) {
      return world.revision();
    }
  }

  /** Ends all sessions with their leases and watches, as if their ttl had expired. */
  public void expireSessions() {
    synchronized (world) {
      for (String session : List.copyOf(world.sessions.keySet())) {
        world.endSession(session);
        watches.end(session, FakeRefusals.sessionNotFound(world.recovering, world.generation));
      }
    }
  }

  /** Ends the leases of a datastore, as a forced drain does; KeepAlive reports them as ended. */
  public void force(String datastore) {
    synchronized (world) {
      world.leases.values().stream()
          .filter(lease -> lease.datastore().equals(datastore))
          .toList()
          .forEach(
              lease -> {
                world.leases.remove(lease.id());
                world.ended.put(lease.id(), lease);
                world.granted.remove(lease.id());
              });
    }
  }

  /**
   * Forgets the leases of a datastore without reporting it, as if another client had released them.
   */
  public void forgetLeases(String datastore) {
    synchronized (world) {
      world.leases.values().removeIf(lease -> lease.datastore().equals(datastore));
    }
  }

  /**
   * Forgets sessions and leases and breaks watches, as a killed process does, and starts recovery:
   * the leases may be continued until {@link #endRecovery}.
   */
  public void restart() {
    synchronized (world) {
      world.restart();
      watches.breakAll();
    }
  }

  /** Ends recovery: leases granted before the restart can no longer be continued. */
  public void endRecovery() {
    synchronized (world) {
      world.recovering = false;
      world.earlier.clear();
    }
  }

  /** Starts a new history, as a server that has lost its state does; watches break. */
  public void loseHistory() {
    synchronized (world) {
      world.incarnation = FakeWorld.newIncarnation();
      watches.breakAll();
    }
  }

  /**
   * Goes back to an earlier generation of the same history; datastores are unchanged and watches
   * break.
   */
  public void setBack(long generation) {
    synchronized (world) {
      world.generation = generation;
      watches.breakAll();
    }
  }

  /**
   * Discards the log up to the current generation: a watch that resumes from an earlier one gets a
   * snapshot.
   */
  public void compact() {
    synchronized (world) {
      world.floor = world.generation;
    }
  }

  /** Breaks all watches with UNAVAILABLE; they can be reopened. */
  public void breakWatches() {
    synchronized (world) {
      watches.breakAll();
    }
  }

  /** Ends all watches with PERMISSION_DENIED, as when the rules no longer allow them. */
  public void denyWatches() {
    synchronized (world) {
      watches.endAll(
          FakeRefusals.of(
              ErrorReason.ERROR_REASON_PERMISSION_DENIED,
              Status.Code.PERMISSION_DENIED,
              "may not read the settings of any datastore",
              world.generation,
              Map.of("principal", "anonymous", "verb", "settings", "datastore", "", "rule", "")));
    }
  }

  /** Answers every call with UNAVAILABLE until {@link #comeUp}, and breaks all watches. */
  public void goDown() {
    synchronized (world) {
      script.down = true;
      watches.breakAll();
    }
  }

  /** Answers calls again, after {@link #goDown}. */
  public void comeUp() {
    synchronized (world) {
      script.down = false;
    }
  }

  /** Drops all messages of watches until {@link #unmuteWatches}. */
  public void muteWatches() {
    synchronized (world) {
      watches.muted = true;
    }
  }

  /** Sends messages of watches again; those that were dropped are not sent later. */
  public void unmuteWatches() {
    synchronized (world) {
      watches.muted = false;
    }
  }

  /** Sends a bookmark to every watch. */
  public void sendBookmarks() {
    synchronized (world) {
      watches.bookmarks(false);
    }
  }

  /** Sends a bookmark that requests an acknowledgement to every watch, as a drain does. */
  public void requestAcks() {
    synchronized (world) {
      watches.bookmarks(true);
    }
  }

  /** Sends a custom message, built from the current revision, to every watch. */
  public void send(Function<Revision, WatchGenerationResponse> message) {
    synchronized (world) {
      watches.send(message);
    }
  }

  /**
   * Refuses the next call of a method. Several refusals of a method are used one after another.
   *
   * @param method name of the method without its service, for example {@code Lookup}
   * @param reason reason of the refusal
   * @param code gRPC status code
   * @param metadata metadata of the refusal, to which the generation is added
   */
  public void refuseNext(
      String method, ErrorReason reason, Status.Code code, Map<String, String> metadata) {
    synchronized (world) {
      script.refuseNext(
          method,
          generation -> FakeRefusals.of(reason, code, "refused by script", generation, metadata));
    }
  }

  /**
   * Executes the next call of a method but fails it with UNAVAILABLE, as if the connection broke.
   */
  public void loseNextAnswer(String method) {
    synchronized (world) {
      script.loseNextAnswer(method);
    }
  }

  /** Delays the execution of the next call of a method until {@link #letGo}. */
  public void holdNextRequest(String method) {
    synchronized (world) {
      script.holdNextRequest(method);
    }
  }

  /** Executes the next call of a method and delays its answer until {@link #letGo}. */
  public void holdNextAnswer(String method) {
    synchronized (world) {
      script.holdNextAnswer(method);
    }
  }

  /** Continues all delayed calls, in order. */
  public void letGo() {
    synchronized (world) {
      script.letGo();
    }
  }

  /** Grants this ttl to sessions opened from now on, whatever they request. */
  public void setTtl(Duration ttl) {
    synchronized (world) {
      script.ttlNanos(ttl.toNanos());
    }
  }

  /** The number of calls of a method, for example {@code Lookup}, including failed ones. */
  public long calls(String method) {
    synchronized (world) {
      return script.calls(method);
    }
  }

  /** The ids of all live leases, oldest first. */
  public List<String> leases() {
    synchronized (world) {
      return List.copyOf(world.leases.keySet());
    }
  }

  /** The ids of all open sessions, including those whose ttl is over and was not checked yet. */
  public List<String> sessions() {
    synchronized (world) {
      return List.copyOf(world.sessions.keySet());
    }
  }

  /** The revision that a session last acknowledged; empty if there is none. */
  public Optional<Revision> applied(String session) {
    synchronized (world) {
      return Optional.ofNullable(world.sessions.get(session)).flatMap(s -> s.applied);
    }
  }

  /** The number of open watches. */
  public int watches() {
    synchronized (world) {
      return watches.size();
    }
  }

  /** All Lookup requests that were executed, oldest first. */
  public List<LookupRequest> lookups() {
    synchronized (world) {
      return List.copyOf(world.lookups);
    }
  }

  /** All WatchGeneration requests that were executed, oldest first. */
  public List<WatchGenerationRequest> watchRequests() {
    synchronized (world) {
      return watches.requests();
    }
  }

  @Override
  public void close() {
    Server unused = server.shutdownNow();
    if (ownTimer) {
      timer.shutdownNow();
    }
  }

  static long nanos(com.google.protobuf.Duration wire) {
    return Duration.ofSeconds(wire.getSeconds(), wire.getNanos()).toNanos();
  }

  static com.google.protobuf.Duration wire(long nanos) {
    Duration duration = Duration.ofNanos(nanos);
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }
}
