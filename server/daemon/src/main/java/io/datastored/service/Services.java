package io.datastored.service;

import com.google.common.collect.ImmutableList;
import io.datastored.config.StoreException;
import io.datastored.drain.Conflicts;
import io.datastored.engine.Engine;
import io.datastored.engine.Subscription;
import io.datastored.watch.FrameEncoder;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The services of the contract, wired and ready to be registered. Thread-safe: immutable. */
public final class Services implements AutoCloseable {
  private final ImmutableList<ServerServiceDefinition> all;
  private final OpenWatches watches;
  private final RevisionWaits waits;
  private final Subscription forgetting;

  private Services(
      ImmutableList<ServerServiceDefinition> all,
      OpenWatches watches,
      RevisionWaits waits,
      Subscription forgetting) {
    this.all = all;
    this.watches = watches;
    this.waits = waits;
    this.forgetting = forgetting;
  }

  /** The four services over these rooms. */
  public static Services of(Rooms rooms, ServiceOptions options, CallDrive drive) {
    Engine engine = rooms.engine();
    var refusals =
        new Refusals(() -> engine.snapshot().revision(), drive.wallClock(), drive.random());
    var uncaught = new UncaughtExceptions(drive.random()::nextLong);
    var blocking =
        new BlockingCalls(
            drive.blocking(), () -> refusals.notReady("too many calls wait for a disk"), uncaught);

    var answers = new LookupAnswers();
    Subscription forgetting = engine.addListener(answers::onChange);
    var waits = new RevisionWaits(engine, drive.timer());
    var lookups =
        new LookupCalls(
            engine,
            rooms.leases(),
            answers,
            waits,
            options.longestRevisionWait(),
            blocking,
            refusals);
    var status =
        new StatusCall(
            engine::snapshot,
            new DatastoreStatuses(engine, rooms.leases()::live, rooms.probes(), refusals),
            new ServerStatuses(
                rooms.life(), rooms.leases()::live, rooms.feed()::watchers, engine::trouble),
            rooms.probes(),
            options,
            refusals);
    var watches =
        new OpenWatches(
            rooms.feed(),
            refreshed(engine, drive.blocking()),
            session -> false, // sessions come later: none is open
            watchDrive(drive),
            refusals,
            uncaught);

    var datastore = new DatastoreCalls(lookups, status, blocking);
    var conflicts = new Conflicts(engine, rooms.leases());
    return new Services(
        ImmutableList.of(
            guarded(watches.serveIn(datastore.bindService()), uncaught, refusals),
            guarded(new ConfigCalls(engine, refusals, blocking), uncaught, refusals),
            guarded(
                new MaintenanceCalls(engine, conflicts, refusals, blocking), uncaught, refusals),
            guarded(new SessionCalls(), uncaught, refusals)),
        watches,
        waits,
        forgetting);
  }

  /** How frames of watches are encoded. */
  public static FrameEncoder frames() {
    return new ProtoFrames(ProtoFrames.ROOM);
  }

  /** To be registered. */
  public ImmutableList<ServerServiceDefinition> all() {
    return all;
  }

  /**
   * Ends what would wait for longer than a stop may: tells every watch how far it has come and ends
   * it, and every later one at once; and tells who waits for a revision that the server is not
   * ready. Idempotent.
   */
  @Override
  public void close() {
    watches.stop();
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
                // What there is must do: the task asks for the newest and finds the same as before.
              }
              task.run();
            });
  }

  private static WatchDrive watchDrive(CallDrive drive) {
    BookmarkTimer timer =
        (delay, task) -> {
          Future<?> pending = drive.timer().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
          return () -> pending.cancel(false);
        };
    return new WatchDrive(drive.fanOut(), timer, drive.ticker(), new WatchPacing(drive.random()));
  }
}
