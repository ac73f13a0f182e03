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
 * A fake datastored is a server in memory, for tests. Thread-safe. It keeps the contract for what
 * it offers: lookups obey modes, sessions expire, leases are counted, watches resume.
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

  /** Serves on a free port of this host. */
  public static FakeDatastored start() {
    return on(FakeNetwork.begin());
  }

  /** Serves by a server of another transport, on a port that it chooses. */
  public static FakeDatastored on(ServerBuilder<?> builder) {
    return new FakeDatastored(Optional.empty(), builder, ownTimer(), true, System::nanoTime);
  }

  /** Serves within this process; needs {@code io.grpc:grpc-inprocess}. */
  public static FakeDatastored inProcess() {
    return inProcess(ownTimer(), true, System::nanoTime);
  }

  /** The same with a timer and a clock from outside; bookmarks are sent when asked for only. */
  public static FakeDatastored inProcess(ScheduledExecutorService timer, LongSupplier nanoTime) {
    return inProcess(timer, false, nanoTime);
  }

  private static FakeDatastored inProcess(
      ScheduledExecutorService timer, boolean own, LongSupplier nanoTime) {
    String name = "fake-" + UUID.randomUUID();
    return new FakeDatastored(
        Optional.of(name),
        InProcessServerBuilder.forName(name).scheduledExecutorService(timer),
        timer,
        own,
        nanoTime);
  }

  private static ScheduledExecutorService ownTimer() {
    return Executors.newSingleThreadScheduledExecutor(
        task -> {
          var thread = new Thread(task, "fake-datastored");
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Where it is. */
  public String target() {
    return inProcess.orElseGet(() -> "127.0.0.1:" + server.getPort());
  }

  /** Begins the options of a client that connects to it. */
  public ClientOptions.Builder options() {
    ClientOptions.Builder options = ClientOptions.builder(target());
    inProcess.ifPresent(
        name ->
            options.channels(
                target -> InProcessChannelBuilder.forName(target).scheduledExecutorService(timer)));
    return options;
  }

  /** Adds or replaces a datastore that is in service. */
  public Revision put(String name) {
    return put(
        Datastore.newBuilder()
            .setName(name)
            .setMaintenance(IN_SERVICE)
            .setMountState(MountState.MOUNT_STATE_NOT_REMOVABLE)
            .setSettings(DatastoreSettings.newBuilder().setPath("/srv/" + name))
            .build());
  }

  /** Adds or replaces a datastore; etag and generation are set by the server. */
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

  /** Sets a maintenance mode. */
  public Revision setMode(String name, MaintenanceMode mode, String message) {
    synchronized (world) {
      return put(
          world.datastores.get(name).toBuilder()
              .setMaintenance(Maintenance.newBuilder().setMode(mode).setMessage(message))
              .build());
    }
  }

  /** Sets a mode by number, for modes that do not exist yet. */
  public Revision setModeNumber(String name, int mode) {
    synchronized (world) {
      return put(
          world.datastores.get(name).toBuilder()
              .setMaintenance(Maintenance.newBuilder().setModeValue(mode))
              .build());
    }
  }

  /** The newest revision. */
  public Revision revision() {
    synchronized (world) {
      return world.revision();
    }
  }

  /** Ends all sessions, with their leases and watches, as if their ttl were over. */
  public void expireSessions() {
    synchronized (world) {
      for (String session : List.copyOf(world.sessions.keySet())) {
        world.endSession(session);
        watches.end(session, FakeRefusals.sessionNotFound(world.recovering, world.generation));
      }
    }
  }

  /** Ends the leases of a datastore, as a drain by force does; KeepAlive tells. */
  public void force(String datastore) {
    synchronized (world) {
      world.leases.values().stream()
          .filter(lease -> lease.datastore().equals(datastore))
          .toList()
          .forEach(
              lease -> {
                world.leases.remove(lease.id());
                world.ended.put(lease.id(), lease);
              });
    }
  }

  /** Forgets the leases of a datastore without a word, as when somebody else has released them. */
  public void forgetLeases(String datastore) {
    synchronized (world) {
      world.leases.values().removeIf(lease -> lease.datastore().equals(datastore));
    }
  }

  /** Forgets sessions and leases, as a process that is killed does, and recovers. */
  public void restart() {
    synchronized (world) {
      world.restart();
      watches.breakAll();
    }
  }

  /** The time in which leases of before the restart may be continued is over. */
  public void endRecovery() {
    synchronized (world) {
      world.recovering = false;
      world.earlier.clear();
    }
  }

  /** Begins a new history, as a server does that has lost its state; watches break. */
  public void loseHistory() {
    synchronized (world) {
      world.incarnation = FakeWorld.newIncarnation();
      watches.breakAll();
    }
  }

  /** Goes back to an earlier generation of the same history; watches break. */
  public void setBack(long generation) {
    synchronized (world) {
      world.generation = generation;
      watches.breakAll();
    }
  }

  /** Forgets what was removed up to now: who resumes from before gets a snapshot. */
  public void compact() {
    synchronized (world) {
      world.floor = world.generation;
    }
  }

  /** Breaks all watches; they can be opened again. */
  public void breakWatches() {
    synchronized (world) {
      watches.breakAll();
    }
  }

  /** Answers nothing but UNAVAILABLE from now on, and breaks the watches. */
  public void goDown() {
    synchronized (world) {
      script.down = true;
      watches.breakAll();
    }
  }

  /** Answers again. */
  public void comeUp() {
    synchronized (world) {
      script.down = false;
    }
  }

  /** Swallows everything that watches should be sent. */
  public void muteWatches() {
    synchronized (world) {
      watches.muted = true;
    }
  }

  /** Sends again; what was swallowed is lost to the streams that were open. */
  public void unmuteWatches() {
    synchronized (world) {
      watches.muted = false;
    }
  }

  /** Sends every watch a bookmark. */
  public void sendBookmarks() {
    synchronized (world) {
      watches.bookmarks(false);
    }
  }

  /** Sends every watch a bookmark that asks for an acknowledgement, as a drain does. */
  public void requestAcks() {
    synchronized (world) {
      watches.bookmarks(true);
    }
  }

  /** Sends every watch a message made by hand. */
  public void send(Function<Revision, WatchGenerationResponse> message) {
    synchronized (world) {
      watches.send(message);
    }
  }

  /** Refuses the next call of a method, like {@code Lookup}, so. */
  public void refuseNext(
      String method, ErrorReason reason, Status.Code code, Map<String, String> metadata) {
    synchronized (world) {
      script.refuseNext(
          method,
          generation -> FakeRefusals.of(reason, code, "refused by script", generation, metadata));
    }
  }

  /** Does what the next call of a method asks, and loses the answer as a connection that breaks. */
  public void loseNextAnswer(String method) {
    synchronized (world) {
      script.loseNextAnswer(method);
    }
  }

  /** Does not do what the next call asks before {@link #letGo}. */
  public void holdNextRequest(String method) {
    synchronized (world) {
      script.holdNextRequest(method);
    }
  }

  /** Does what the next call asks, and does not answer before {@link #letGo}. */
  public void holdNextAnswer(String method) {
    synchronized (world) {
      script.holdNextAnswer(method);
    }
  }

  /** Goes on with what was held back. */
  public void letGo() {
    synchronized (world) {
      script.letGo();
    }
  }

  /** Grants sessions this ttl, whatever they want. */
  public void setTtl(Duration ttl) {
    synchronized (world) {
      script.ttlNanos(ttl.toNanos());
    }
  }

  /** How often a method was called, like {@code Lookup}. */
  public long calls(String method) {
    synchronized (world) {
      return script.calls(method);
    }
  }

  /** Live leases, by id. */
  public List<String> leases() {
    synchronized (world) {
      return List.copyOf(world.leases.keySet());
    }
  }

  /** Live sessions, by id. */
  public List<String> sessions() {
    synchronized (world) {
      return List.copyOf(world.sessions.keySet());
    }
  }

  /** What a session has said that it has applied. */
  public Optional<Revision> applied(String session) {
    synchronized (world) {
      return Optional.ofNullable(world.sessions.get(session)).flatMap(s -> s.applied);
    }
  }

  /** Open watches. */
  public int watches() {
    synchronized (world) {
      return watches.size();
    }
  }

  /** What was looked up, oldest first. */
  public List<LookupRequest> lookups() {
    synchronized (world) {
      return List.copyOf(world.lookups);
    }
  }

  /** What watches were opened with, oldest first. */
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
