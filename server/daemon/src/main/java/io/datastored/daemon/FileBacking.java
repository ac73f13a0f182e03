package io.datastored.daemon;

import com.google.common.collect.ImmutableList;
import com.google.common.io.Closer;
import io.datastored.engine.Engine;
import io.datastored.engine.EngineStartException;
import io.datastored.engine.health.PeriodicTask;
import io.datastored.etcd.history.LastSeen;
import io.datastored.file.ConfigPath;
import io.datastored.file.DiskSteps;
import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import io.datastored.lease.LeaseGround;
import io.datastored.lease.Leases;
import io.datastored.neighbour.ProxmoxBackupServer;
import io.datastored.promise.Authority;
import io.datastored.promise.Confirmation;
import io.datastored.promise.FilePromiseBook;
import io.datastored.promise.Peers;
import io.datastored.promise.Replicas;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A file backing is a configuration file and a state directory of this host. Thread-safe. */
final class FileBacking implements Backing {

  private final Engine engine;
  private final FilePromiseBook book;
  private final ProxmoxBackupServer neighbour;
  private final NeighbourLook neighbourLook;
  private final Duration lookEvery;

  /** Never completed: this server is the only one that changes its history. */
  private final CompletableFuture<Revision> replaced = new CompletableFuture<>();

  private FileBacking(
      Engine engine, FilePromiseBook book, ProxmoxBackupServer neighbour, Duration lookEvery) {
    this.engine = engine;
    this.book = book;
    this.neighbour = neighbour;
    this.neighbourLook = new NeighbourLook(neighbour, engine.troubles());
    this.lookEvery = lookEvery;
  }

  /**
   * Opens the promises of earlier servers, and then the engine, which records there the base paths
   * that it is about to leave.
   */
  static FileBacking open(DaemonOptions options, Environment around, Closer rooms)
      throws StoreException, EngineStartException {
    requireNoReplica(options.engine().stateDirectory());
    FilePromiseBook book =
        FilePromiseBook.open(
            options.engine().stateDirectory(),
            options.leases().promises(),
            around.wallClock(),
            DiskSteps.REAL);
    Engine engine = Engine.open(options.engine(), book::leaving);
    rooms.register(engine::close);
    // The promises are bound to its history before anything is promised.
    book.serve(engine.snapshot().revision().incarnation());
    var neighbour =
        new ProxmoxBackupServer(
            ConfigPath.asGiven(options.engine().configFile()), options.drains().pbs());
    return new FileBacking(engine, book, neighbour, options.upkeep());
  }

  /** A history in etcd goes on there; here another one would begin beside it. */
  private static void requireNoReplica(Path stateDirectory) throws StoreException {
    Path lastSeen = stateDirectory.resolve(LastSeen.NAME);
    if (Files.exists(lastSeen)) {
      throw new StoreException(
          StoreException.Reason.OTHER,
          ("the state directory %s belongs to a server on etcd (it has %s). Start that server with"
                  + " --etcd-endpoints, or give this one another --state-dir")
              .formatted(stateDirectory, lastSeen));
    }
  }

  @Override
  public Engine engine() {
    return engine;
  }

  @Override
  public LeaseGround ground() {
    return LeaseGround.alone(book, authority());
  }

  @Override
  public Authority authority() {
    return Authority.LONE;
  }

  @Override
  public Confirmation confirmation() {
    return Confirmation.LONE;
  }

  @Override
  public Replicas replicas() {
    return Replicas.NONE;
  }

  @Override
  public CompletableFuture<Revision> replaced() {
    return replaced;
  }

  @Override
  public ImmutableList<Peers> lookers() {
    return ImmutableList.of(neighbour);
  }

  @Override
  public void begin(Leases leases, Closer rooms) {
    // Looks now, so that the result is reported before the server is ready.
    neighbourLook.look();
    rooms.register(
        engine
                .tasks()
                .start(
                    "neighbour look", lookEvery, PeriodicTask.Need.TO_BE_TOLD, neighbourLook::look)
            ::close);
  }

  /** Never: what is in its files is what it serves. */
  @Override
  public Optional<String> outOfLine() {
    return Optional.empty();
  }

  /** There are none, so clients wait for the next server here. */
  @Override
  public void awaitMoves(Leases leases, Duration longest) {}

  @Override
  public void leave(Leases leases) throws StoreException {
    leases.settle();
  }
}
