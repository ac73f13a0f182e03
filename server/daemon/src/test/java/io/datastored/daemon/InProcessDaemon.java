package io.datastored.daemon;

import com.google.common.io.Closer;
import io.datastored.access.Access;
import io.datastored.access.AuditTrail;
import io.datastored.engine.Engine;
import io.datastored.history.file.FileStoreOptions;
import io.datastored.promise.EarlierLeases;
import io.datastored.service.wire.Caller;
import io.datastored.service.wire.UnixPeer;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A daemon over grpc-inprocess: the real assembly over a real engine in a temporary directory,
 * without a network. Confined to one test.
 */
public final class InProcessDaemon implements AutoCloseable {
  private final Path directory;
  private final Engine engine;
  private final Daemon daemon;
  private final ManagedChannel channel;
  private final GrpcCleanup cleanup;
  private final Access access;
  private final List<ServerServiceDefinition> services;

  private InProcessDaemon(
      Path directory,
      Engine engine,
      Daemon daemon,
      ManagedChannel channel,
      GrpcCleanup cleanup,
      Access access,
      List<ServerServiceDefinition> services) {
    this.directory = directory;
    this.engine = engine;
    this.daemon = daemon;
    this.channel = channel;
    this.cleanup = cleanup;
    this.access = access;
    this.services = services;
  }

  public static InProcessDaemon start(GrpcCleanup cleanup, Path directory, String datastoreCfg)
      throws Exception {
    return start(cleanup, directory, datastoreCfg, unchanged -> {});
  }

  public static InProcessDaemon start(
      GrpcCleanup cleanup,
      Path directory,
      String datastoreCfg,
      Consumer<DaemonOptions.Builder> changes)
      throws Exception {
    return start(cleanup, directory, datastoreCfg, changes, Optional.empty());
  }

  /**
   * @param audit the audit trail; empty: as the options say
   */
  public static InProcessDaemon start(
      GrpcCleanup cleanup,
      Path directory,
      String datastoreCfg,
      Consumer<DaemonOptions.Builder> changes,
      Optional<AuditTrail> audit)
      throws Exception {
    Path configFile = directory.resolve("datastore.cfg");
    Files.writeString(configFile, datastoreCfg);
    Path state = Files.createDirectories(directory.resolve("state"));
    var chosen = new DaemonOptions.Builder(configFile, state);
    chosen.version = "1.2.3-test";
    chosen.engine.runDirectory = Optional.of(directory.resolve("run"));
    chosen.engine.configAccess = FileStoreOptions.Access.READ_WRITE;
    chosen.leases.earlierLeases = EarlierLeases.NONE;
    chosen.access.open = true;
    changes.accept(chosen);
    DaemonOptions options = chosen.build();
    String name = InProcessServerBuilder.generateName();
    Closer rooms = Closer.create();
    AccessStart rules = AccessStart.read(options, Environment.system());
    Backing files = FileBacking.open(options, Environment.system(), rooms);
    Engine engine = files.engine();
    Threads threads = Threads.of(options.calls());
    rooms.register(threads::close);
    Guards given =
        Guards.of(rules.begin(engine, rooms), options, engine, Environment.system(), rooms);
    Guards guards = new Guards(given.access(), audit.orElse(given.audit()), given.traces());
    List<ServerServiceDefinition> services = new ArrayList<>();
    Daemon daemon =
        Daemon.assemble(
            files,
            options,
            Environment.system(),
            threads,
            guards,
            (everywhere, localOnly) -> {
              services.addAll(everywhere);
              services.addAll(localOnly);
              return new Listeners(List.of(Listener.of(serve(cleanup, builder(name, services)))));
            },
            rooms);
    ManagedChannel channel =
        cleanup.register(InProcessChannelBuilder.forName(name).directExecutor().build());
    return new InProcessDaemon(
        directory, engine, daemon, channel, cleanup, guards.access(), services);
  }

  private static InProcessServerBuilder builder(
      String name, List<ServerServiceDefinition> services) {
    return InProcessServerBuilder.forName(name).directExecutor().addServices(services);
  }

  private static Server serve(GrpcCleanup cleanup, InProcessServerBuilder builder) {
    try {
      return cleanup.register(builder.build().start());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Connections of a user, as if they came through a Unix socket. */
  public ManagedChannel channelOf(int uid) {
    String name = InProcessServerBuilder.generateName();
    var unused =
        serve(
            cleanup,
            builder(name, services)
                .addTransportFilter(
                    Caller.onConnections(
                        access, address -> Optional.of(new UnixPeer(uid, uid, uid)))));
    return cleanup.register(InProcessChannelBuilder.forName(name).directExecutor().build());
  }

  /** Who may do what. */
  public Access access() {
    return access;
  }

  /** To make stubs of. */
  public ManagedChannel channel() {
    return channel;
  }

  public Engine engine() {
    return engine;
  }

  public Daemon daemon() {
    return daemon;
  }

  public Path configFile() {
    return directory.resolve("datastore.cfg");
  }

  /** Replaces the configuration as most editors do: whole, by a rename. */
  public void edit(String datastoreCfg) throws IOException {
    Path next = directory.resolve("datastore.cfg.next");
    Files.writeString(next, datastoreCfg);
    Files.move(next, configFile(), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void close() {
    daemon.close();
  }
}
