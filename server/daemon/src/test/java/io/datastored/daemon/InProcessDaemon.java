package io.datastored.daemon;

import com.google.common.io.Closer;
import io.datastored.engine.Engine;
import io.datastored.history.file.FileStoreOptions;
import io.datastored.promise.EarlierLeases;
import io.datastored.promise.FilePromiseBook;
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

  private InProcessDaemon(Path directory, Engine engine, Daemon daemon, ManagedChannel channel) {
    this.directory = directory;
    this.engine = engine;
    this.daemon = daemon;
    this.channel = channel;
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
    Path configFile = directory.resolve("datastore.cfg");
    Files.writeString(configFile, datastoreCfg);
    Path state = Files.createDirectories(directory.resolve("state"));
    var chosen = new DaemonOptions.Builder(configFile, state);
    chosen.version = "1.2.3-test";
    chosen.engine.runDirectory = Optional.of(directory.resolve("run"));
    chosen.engine.configAccess = FileStoreOptions.Access.READ_WRITE;
    chosen.leases.earlierLeases = EarlierLeases.NONE;
    changes.accept(chosen);
    DaemonOptions options = chosen.build();
    String name = InProcessServerBuilder.generateName();
    Closer rooms = Closer.create();
    FilePromiseBook ledger = Daemon.promiseBook(options, Environment.system());
    Engine engine = Engine.open(options.engine(), ledger::leaving);
    rooms.register(engine::close);
    Threads threads = Threads.of(options.calls());
    rooms.register(threads::close);
    Daemon daemon =
        Daemon.assemble(
            engine,
            ledger,
            options,
            Environment.system(),
            threads,
            (everywhere, localOnly) -> inProcess(cleanup, name, everywhere, localOnly),
            rooms);
    ManagedChannel channel =
        cleanup.register(InProcessChannelBuilder.forName(name).directExecutor().build());
    return new InProcessDaemon(directory, engine, daemon, channel);
  }

  private static Listeners inProcess(
      GrpcCleanup cleanup,
      String name,
      List<ServerServiceDefinition> everywhere,
      List<ServerServiceDefinition> localOnly) {
    var services = new ArrayList<>(everywhere);
    services.addAll(localOnly);
    Server server =
        InProcessServerBuilder.forName(name).directExecutor().addServices(services).build();
    try {
      return new Listeners(List.of(Listener.of(cleanup.register(server.start()))));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
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
