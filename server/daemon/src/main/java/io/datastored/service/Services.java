package io.datastored.service;

import com.google.common.collect.ImmutableList;
import io.datastored.drain.DrainOptions;
import io.datastored.drain.Drains;
import io.datastored.engine.Engine;
import io.datastored.engine.Subscription;
import io.datastored.file.StoreException;
import io.datastored.lease.Leases;
import io.datastored.service.call.ConfigCalls;
import io.datastored.service.call.DatastoreCalls;
import io.datastored.service.call.DatastoreStatuses;
import io.datastored.service.call.LookupAnswers;
import io.datastored.service.call.LookupCalls;
import io.datastored.service.call.MaintenanceCalls;
import io.datastored.service.call.Removals;
import io.datastored.service.call.RevisionWaits;
import io.datastored.service.call.ServedSessions;
import io.datastored.service.call.ServerStatuses;
import io.datastored.service.call.ServiceOptions;
import io.datastored.service.call.SessionCalls;
import io.datastored.service.call.StatusCall;
import io.datastored.service.stream.BookmarkTimer;
import io.datastored.service.stream.CallRuntime;
import io.datastored.service.stream.OpenDrains;
import io.datastored.service.stream.OpenWatches;
import io.datastored.service.stream.WatchPacing;
import io.datastored.service.stream.WatchRuntime;
import io.datastored.service.wire.BlockingCalls;
import io.datastored.service.wire.Caller;
import io.datastored.service.wire.EncodedMethods;
import io.datastored.service.wire.ProtoFrames;
import io.datastored.service.wire.ReadableRequests;
import io.datastored.service.wire.Refusals;
import io.datastored.service.wire.UncaughtExceptions;
import io.datastored.service.wire.UnixPeer;
import io.datastored.watch.FrameEncoder;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Services are the gRPC services of the contract, wired and ready to be registered. Immutable. */
public final class Services implements AutoCloseable {
  private final ImmutableList<ServerServiceDefinition> all;
  private final OpenWatches watches;
  private final OpenDrains drains;
  private final RevisionWaits waits;
  private final Subscription forgetting;
  private final Refusals refusals;

  private Services(
      ImmutableList<ServerServiceDefinition> all,
      OpenWatches watches,
      OpenDrains drains,
      RevisionWaits waits,
      Subscription forgetting,
      Refusals refusals) {
    this.all = all;
    this.watches = watches;
    this.drains = drains;
    this.waits = waits;
    this.forgetting = forgetting;
    this.refusals = refusals;
  }

  /** Assembles the four services over these rooms. */
  public static Services of(
      Rooms rooms, ServiceOptions options, DrainOptions drainOptions, CallRuntime drive) {
    Engine engine = rooms.engine();
    Leases room = rooms.leases();
    var refusals =
        new Refusals(() -> engine.snapshot().revision(), drive.wallClock(), drive.random());
    var uncaught = new UncaughtExceptions(drive.random()::nextLong);
    var blocking =
        new BlockingCalls(
            drive.blocking(),
            () -> refusals.notReady("too many calls are waiting for the disk"),
            uncaught);

    var watches =
        new OpenWatches(
            rooms.feed(),
            refreshed(engine, drive.blocking()),
            new ServedSessions(room, refusals),
            watchDrive(drive),
            refusals,
            uncaught);
    var drains = new Drains(engine, room, rooms.lookers());
    var openDrains = new OpenDrains(drainOptions, drive, watches, refusals, uncaught);

    var answers = new LookupAnswers(engine::snapshot);
    Subscription forgetting = engine.addListener(answers::onChange);
    var waits = new RevisionWaits(engine, drive.timer(), drive.fanOut());
    var lookups = new LookupCalls(engine, room, answers, waits, options, blocking, refusals);
    var status =
        new StatusCall(
            engine::snapshot,
            engine::census,
            new DatastoreStatuses(engine, drains, room.counted()::live, rooms.probes(), refusals),
            new ServerStatuses(rooms.life(), room, watches, engine),
            rooms.probes(),
            options,
            refusals);
    var datastore = new DatastoreCalls(lookups, status, blocking);
    var removals = new Removals(engine, drains, refusals);
    return new Services(
        ImmutableList.of(
            guarded(
                EncodedMethods.replaceIn(datastore.bindService(), lookups::lookup, watches::watch),
                uncaught,
                refusals),
            guarded(new ConfigCalls(engine, removals, refusals, blocking), uncaught, refusals),
            guarded(
                new MaintenanceCalls(engine, drains, openDrains, refusals, blocking),
                uncaught,
                refusals),
            guarded(
                new SessionCalls(engine, room, drains, watches::onSessionEnd, blocking, refusals),
                uncaught,
                refusals)),
        watches,
        openDrains,
        waits,
        forgetting,
        refusals);
  }

  /** The encoder of watch frames. */
  public static FrameEncoder frames() {
    return new ProtoFrames(ProtoFrames.ROOM);
  }

  /** Wraps another service so that it refuses unparsable requests as the services here do. */
  public ServerServiceDefinition readable(ServerServiceDefinition other) {
    return ReadableRequests.onlyIn(other, refusals::unreadable);
  }

  /**
   * Identifies the caller of each connection, once for all its calls.
   *
   * @param processes the process at the other end of a Unix socket, by the address that the
   *     transport has for it; empty for other connections
   */
  public static ServerTransportFilter onConnections(
      Function<SocketAddress, Optional<UnixPeer>> processes) {
    return Caller.onConnections(processes);
  }

  /** All services, for registration. */
  public ImmutableList<ServerServiceDefinition> all() {
    return all;
  }

  /** Cleans up after clients that are gone. Never blocks; call it about once a second. */
  public void tend() {
    watches.endOrphans();
  }

  /**
   * Ends every call that could outlast a shutdown. Each watch sends the revision it has reached and
   * ends; each drain ends and changes no mode; each call that waits for a revision fails as not
   * ready. Later calls of these kinds end at once. Idempotent.
   */
  @Override
  public void close() {
    watches.stop();
    drains.stop();
    waits.close();
    forgetting.close();
  }

  private static ServerServiceDefinition guarded(
      BindableService service, UncaughtExceptions uncaught, Refusals refusals) {
    return guarded(service.bindService(), uncaught, refusals);
  }

  private static ServerServiceDefinition guarded(
      ServerServiceDefinition service, UncaughtExceptions uncaught, Refusals refusals) {
    return ReadableRequests.onlyIn(
        ServerInterceptors.interceptForward(service, uncaught, Caller.interceptor()),
        refusals::unreadable);
  }

  private static Executor refreshed(Engine engine, Executor blocking) {
    return task ->
        blocking.execute(
            () -> {
              try {
                engine.freshSnapshot();
              } catch (StoreException e) {
                // The existing data must do: the task asks for the newest and finds what was there
                // before.
              }
              task.run();
            });
  }

  private static WatchRuntime watchDrive(CallRuntime drive) {
    BookmarkTimer timer =
        (delay, task) -> {
          Future<?> pending = drive.timer().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
          return () -> pending.cancel(false);
        };
    return new WatchRuntime(drive.fanOut(), timer, drive.ticker(), new WatchPacing(drive.random()));
  }
}
