package io.datastored.service;

import com.google.common.collect.ImmutableList;
import io.datastored.access.Access;
import io.datastored.access.PageTokens;
import io.datastored.access.Shares;
import io.datastored.access.SystemUsers;
import io.datastored.access.Verb;
import io.datastored.drain.DrainOptions;
import io.datastored.drain.Drains;
import io.datastored.engine.Engine;
import io.datastored.engine.Subscription;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.file.StoreException;
import io.datastored.lease.Leases;
import io.datastored.promise.OrderedPeers;
import io.datastored.service.call.AccessCalls;
import io.datastored.service.call.AppliedModes;
import io.datastored.service.call.AuditLog;
import io.datastored.service.call.CallsOverHttp;
import io.datastored.service.call.ConfigCalls;
import io.datastored.service.call.DatastoreCalls;
import io.datastored.service.call.DatastoreStatuses;
import io.datastored.service.call.LookupAnswers;
import io.datastored.service.call.LookupCalls;
import io.datastored.service.call.MaintenanceCalls;
import io.datastored.service.call.PageLinks;
import io.datastored.service.call.Removals;
import io.datastored.service.call.RevisionWaits;
import io.datastored.service.call.ServedSessions;
import io.datastored.service.call.ServerStatuses;
import io.datastored.service.call.ServiceOptions;
import io.datastored.service.call.SessionCalls;
import io.datastored.service.call.StatusCall;
import io.datastored.service.page.PageSources;
import io.datastored.service.page.RowSources;
import io.datastored.service.stream.BookmarkTimer;
import io.datastored.service.stream.CallRuntime;
import io.datastored.service.stream.OpenDrains;
import io.datastored.service.stream.OpenWatches;
import io.datastored.service.stream.WatchPacing;
import io.datastored.service.stream.WatchRuntime;
import io.datastored.service.trace.SlowCalls;
import io.datastored.service.trace.Traces;
import io.datastored.service.wire.Authentication;
import io.datastored.service.wire.BlockingCalls;
import io.datastored.service.wire.CallCounts;
import io.datastored.service.wire.Caller;
import io.datastored.service.wire.CallsInFlight;
import io.datastored.service.wire.EncodedMethods;
import io.datastored.service.wire.ProtoFrames;
import io.datastored.service.wire.ReadableRequests;
import io.datastored.service.wire.Refusal;
import io.datastored.service.wire.Refusals;
import io.datastored.service.wire.StandingCalls;
import io.datastored.service.wire.UncaughtExceptions;
import io.datastored.watch.FrameEncoder;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Services are the gRPC services of the contract, wired and ready to be registered. Immutable. */
public final class Services implements AutoCloseable {
  private final ImmutableList<ServerServiceDefinition> all;
  private final OpenWatches watches;
  private final OpenDrains drains;
  private final RevisionWaits waits;
  private final Subscription forgetting;
  private final Authentication authentication;
  private final StandingCalls standing = new StandingCalls();
  private final Refusals refusals;
  private final Access access;
  private final OverHttp overHttp;
  private final ServiceCounts counts;

  private Services(
      ImmutableList<ServerServiceDefinition> all,
      RevisionWaits waits,
      Subscription forgetting,
      Authentication authentication,
      Refusals refusals,
      Access access,
      OverHttp overHttp,
      ServiceCounts counts) {
    this.counts = counts;
    this.overHttp = overHttp;
    this.all = all;
    this.watches = counts.watches();
    this.drains = counts.drains();
    this.waits = waits;
    this.forgetting = forgetting;
    this.authentication = authentication;
    this.refusals = refusals;
    this.access = access;
  }

  /** Assembles the services over these rooms. */
  public static Services of(
      Rooms rooms, ServiceOptions options, DrainOptions drainOptions, CallRuntime drive) {
    Engine engine = rooms.engine();
    Leases room = rooms.leases();
    Access access = rooms.access();
    var audit = new AuditLog(rooms.audit());
    var refusals =
        new Refusals(() -> engine.snapshot().revision(), drive.wallClock(), drive.random(), audit);
    var uncaught = new UncaughtExceptions(drive.random()::nextLong);
    var authentication = new Authentication(() -> engine.snapshot().revision(), drive.wallClock());
    var calls = new CallCounts();
    var pages = new PageLinks(PageTokens.ofThisRun(drive.ticker()));
    var inFlight = new CallsInFlight(drive.limits().inFlight(), access, refusals);
    List<ServerInterceptor> guards =
        List.of(authentication, uncaught, inFlight, Caller.interceptor(access));
    var slow = new SlowCalls(options.slowCall(), drive.ticker());
    engine.onCommit(slow::committed);
    Optional<Traces> traces = rooms.traces();
    traces.ifPresent(to -> engine.onCommit(to::committed));
    var blocking = new BlockingCalls(drive::blocking, drive.limits(), refusals, uncaught, slow);

    var watches =
        new OpenWatches(
            rooms.feed(),
            rooms.confirmation(),
            caller -> task -> blocking.execute(caller, () -> refresh(engine), task),
            new ServedSessions(room, refusals),
            watchDrive(drive),
            refusals,
            uncaught);
    var drains = new Drains(engine, room, new OrderedPeers(rooms.lookers(), room.peers()));
    var openDrains =
        new OpenDrains(
            drainOptions, drive, watches, rooms.replicas().name(), refusals, uncaught, traces);

    var answers = new LookupAnswers(engine::snapshot, rooms.replicas());
    Subscription forgetting = engine.addListener(answers::onChange);
    var waits = new RevisionWaits(engine, drive.timer(), drive.fanOut());
    var lookups = new LookupCalls(engine, room, answers, waits, options, blocking, refusals);
    ImmutableList<Shares> limits =
        ImmutableList.<Shares>builder()
            .addAll(room.shares())
            .addAll(watches.shares())
            .add(openDrains.places())
            .addAll(drive.limits().all())
            .build();
    var statuses =
        new DatastoreStatuses(engine, drains, room.counted()::live, rooms.probes(), refusals);
    var servers =
        new ServerStatuses(rooms.life(), room, rooms.replicas(), watches, limits, engine, access);
    var status =
        new StatusCall(
            engine::snapshot, engine::census, statuses, servers, rooms.probes(), options, refusals);
    var sessions =
        new SessionCalls(
            engine,
            room,
            rooms.confirmation(),
            rooms.replicas().name(),
            drains,
            watches::onSessionEnd,
            blocking,
            refusals);
    var page =
        new PageSources(
            new RowSources(engine, drains, room.counted()::live, rooms.probes(), statuses),
            servers,
            room.sessions(),
            room.liveSessions(),
            watches,
            calls,
            audit.authors(),
            drive.wallClock(),
            drive.ticker());
    var datastore = new DatastoreCalls(lookups, status, blocking);
    var removals = new Removals(engine, drains, audit, refusals);
    return new Services(
        counted(
            Stream.<ServerInterceptor>concat(Stream.of(calls), traces.stream()).toList(),
            guarded(
                EncodedMethods.replaceIn(datastore.bindService(), lookups::lookup, watches::watch),
                guards,
                refusals),
            guarded(new ConfigCalls(engine, removals, audit, refusals, blocking), guards, refusals),
            guarded(
                new MaintenanceCalls(
                    engine,
                    drains,
                    new AppliedModes(rooms.replicas(), drive.timer()),
                    openDrains,
                    audit,
                    refusals,
                    blocking),
                guards,
                refusals),
            guarded(sessions, guards, refusals),
            guarded(
                new AccessCalls(
                    access,
                    SystemUsers::ofThisHost,
                    pages,
                    drive.wallClock(),
                    audit,
                    blocking,
                    refusals),
                guards,
                refusals)),
        waits,
        forgetting,
        authentication,
        refusals,
        access,
        new OverHttp(new CallsOverHttp(status, sessions), page, pages),
        new ServiceCounts(calls, slow, watches, openDrains, limits));
  }

  /** Looks for commits of other processes. */
  private static void refresh(Engine engine) {
    try {
      Snapshot unused = engine.freshSnapshot();
    } catch (StoreException e) {
      // The existing data must do: what asks for the newest finds what was there before.
    }
  }

  /** What is shown over HTTP. */
  public OverHttp overHttp() {
    return overHttp;
  }

  /** What is counted of clients. */
  public ServiceCounts counts() {
    return counts;
  }

  /** The encoder of watch frames. */
  public static FrameEncoder frames() {
    return new ProtoFrames(ProtoFrames.ROOM);
  }

  /** Wraps another service so that it refuses unparsable requests as the services here do. */
  private ServerServiceDefinition readable(ServerServiceDefinition other) {
    return ReadableRequests.onlyIn(other, refusals::unreadable);
  }

  /**
   * Wraps another service that everybody may use, so that it refuses unparsable requests and its
   * streams, which only the client would end, end with these services.
   */
  public ServerServiceDefinition forEverybody(ServerServiceDefinition other) {
    return readable(ServerInterceptors.intercept(other, standing));
  }

  /** Wraps another service so that it refuses everybody but admins, and unparsable requests. */
  public ServerServiceDefinition forAdmins(ServerServiceDefinition other) {
    ServerInterceptor check =
        new ServerInterceptor() {
          @Override
          public <Q, A> ServerCall.Listener<Q> interceptCall(
              ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            try {
              Caller.of(call.getAttributes(), access).require(Verb.ADMINISTER, refusals);
            } catch (Refusal refusal) {
              call.close(refusal.getStatus(), Objects.requireNonNull(refusal.getTrailers()));
              return new ServerCall.Listener<>() {};
            }
            return next.startCall(call, headers);
          }
        };
    return readable(ServerInterceptors.interceptForward(other, authentication, check));
  }

  /** All services, for registration. */
  public ImmutableList<ServerServiceDefinition> all() {
    return all;
  }

  /** Cleans up after clients that are gone. Never blocks; call it about once a second. */
  public void tend() {
    watches.endOrphans();
    authentication.endExpired();
  }

  /**
   * Ends every call that could outlast a shutdown. Each watch sends the revision it has reached and
   * ends; each drain ends and changes no mode; each call that waits for a revision fails as not
   * ready; each stream of a service for everybody ends. Later calls of the first three kinds end at
   * once. Idempotent.
   */
  @Override
  public void close() {
    watches.stop();
    drains.stop();
    waits.close();
    forgetting.close();
    standing.end();
  }

  /** Counted and traced first of all, so that a refusal of any guard is. */
  private static ImmutableList<ServerServiceDefinition> counted(
      List<ServerInterceptor> counts, ServerServiceDefinition... services) {
    return Stream.of(services)
        .map(service -> ServerInterceptors.intercept(service, counts))
        .collect(ImmutableList.toImmutableList());
  }

  private static ServerServiceDefinition guarded(
      BindableService service, List<ServerInterceptor> guards, Refusals refusals) {
    return guarded(service.bindService(), guards, refusals);
  }

  private static ServerServiceDefinition guarded(
      ServerServiceDefinition service, List<ServerInterceptor> guards, Refusals refusals) {
    return ReadableRequests.onlyIn(
        ServerInterceptors.interceptForward(service, guards), refusals::unreadable);
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
