package io.datastored.service.call;

import io.datastored.access.Principal;
import io.datastored.access.Rights;
import io.datastored.access.Verb;
import io.datastored.config.DatastoreName;
import io.datastored.drain.Drains;
import io.datastored.engine.Engine;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.history.Revision;
import io.datastored.lease.CountedLeases;
import io.datastored.lease.HeldLease;
import io.datastored.lease.Holder;
import io.datastored.lease.KeepAliveOutcome;
import io.datastored.lease.KeepAliveOutcome.SessionNotKept;
import io.datastored.lease.KeepAliveOutcome.SessionRenewed;
import io.datastored.lease.KeepAliveOutcome.SessionUnknown;
import io.datastored.lease.Lease;
import io.datastored.lease.LeaseTrail;
import io.datastored.lease.Leases;
import io.datastored.lease.LiveSession;
import io.datastored.lease.LiveSessions;
import io.datastored.lease.Session;
import io.datastored.lease.SessionId;
import io.datastored.lease.SessionOutcome;
import io.datastored.lease.SessionOutcome.SessionOpened;
import io.datastored.lease.SessionOutcome.SessionRefused;
import io.datastored.lease.SessionRequest;
import io.datastored.lease.SessionTable;
import io.datastored.promise.Confirmation;
import io.datastored.promise.FencingToken;
import io.datastored.promise.Recovery;
import io.datastored.service.trace.RequestId;
import io.datastored.service.wire.BlockingCalls;
import io.datastored.service.wire.Caller;
import io.datastored.service.wire.PageToken;
import io.datastored.service.wire.PageToken.Listing;
import io.datastored.service.wire.ProtoDatastores;
import io.datastored.service.wire.ProtoSessions;
import io.datastored.service.wire.ProtoSessions.Viewer;
import io.datastored.service.wire.ProtoTimes;
import io.datastored.service.wire.Refusals;
import io.datastored.service.wire.RequestFaults;
import io.datastored.v1.CloseSessionRequest;
import io.datastored.v1.CloseSessionResponse;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.KeepAliveResponse;
import io.datastored.v1.ListLeasesRequest;
import io.datastored.v1.ListLeasesResponse;
import io.datastored.v1.ListSessionsRequest;
import io.datastored.v1.ListSessionsResponse;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.OpenSessionResponse;
import io.datastored.v1.SessionServiceGrpc.SessionServiceImplBase;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The calls of SessionService. Thread-safe: immutable. OpenSession and KeepAlive are answered on
 * the transport's own thread if memory suffices, and otherwise on a thread that may block.
 */
public final class SessionCalls extends SessionServiceImplBase {
  private static final String UNCONFIRMED =
      "this server cannot find out whether it serves the newest generation, because its store does"
          + " not answer; nothing was promised";

  private final Engine engine;
  private final SessionTable sessions;
  private final LiveSessions live;
  private final Confirmation confirmation;
  private final String replica;
  private final LeaseTrail trail;
  private final CountedLeases leases;
  private final Recovery recovery;
  private final Drains drains;
  private final Consumer<SessionId> ended;
  private final BlockingCalls blocking;
  private final Refusals refusals;

  /**
   * @param confirmation precedes each answer from which a client concludes that its memory is fresh
   * @param replica the name of this server, if it is one of several; else empty
   * @param ended is notified of closed sessions
   */
  public SessionCalls(
      Engine engine,
      Leases room,
      Confirmation confirmation,
      String replica,
      Drains drains,
      Consumer<SessionId> ended,
      BlockingCalls blocking,
      Refusals refusals) {
    this.engine = engine;
    this.sessions = room.sessions();
    this.live = room.liveSessions();
    this.confirmation = confirmation;
    this.replica = replica;
    this.trail = room.trail();
    this.leases = room.counted();
    this.recovery = room.recovery();
    this.drains = drains;
    this.ended = ended;
    this.blocking = blocking;
    this.refusals = refusals;
  }

  @Override
  public void openSession(
      OpenSessionRequest request, StreamObserver<OpenSessionResponse> observer) {
    Caller.current().requireAny(refusals);
    SessionRequest ask = ask(request);
    CompletableFuture<Void> confirmed = confirmation.confirm();
    if (!isDone(confirmed)) {
      answerAfter(
          confirmed,
          observer,
          () -> sessions.openNow(ask).map(this::opened),
          () -> opened(sessions.open(ask)));
      return;
    }
    Optional<SessionOutcome> now = sessions.openNow(ask);
    if (now.isPresent()) {
      answer(observer, opened(now.get()));
    } else {
      blocking.answer(observer, () -> opened(sessions.open(ask)));
    }
  }

  @Override
  public void keepAlive(KeepAliveRequest request, StreamObserver<KeepAliveResponse> observer) {
    var faults = new RequestFaults();
    Optional<SessionId> session = faults.sessionId("session_id", request.getSessionId());
    Optional<Revision> applied =
        request.hasApplied() ? faults.revision("applied", request.getApplied()) : Optional.empty();
    faults.throwIfAny(refusals);
    SessionId id = session.orElseThrow();
    Principal by = Caller.current().principal();
    CompletableFuture<Void> confirmed = confirmation.confirm();
    if (!isDone(confirmed)) {
      answerAfter(
          confirmed,
          observer,
          () -> sessions.keepAliveNow(id, applied, by).map(this::renewed),
          () -> renewed(sessions.keepAlive(id, applied, by)));
      return;
    }
    Optional<KeepAliveOutcome> now = sessions.keepAliveNow(id, applied, by);
    if (now.isPresent()) {
      answer(observer, renewed(now.get()));
    } else {
      blocking.answer(observer, () -> renewed(sessions.keepAlive(id, applied, by)));
    }
  }

  @Override
  public void closeSession(
      CloseSessionRequest request, StreamObserver<CloseSessionResponse> observer) {
    var faults = new RequestFaults();
    Optional<SessionId> session = faults.sessionId("session_id", request.getSessionId());
    faults.throwIfAny(refusals);
    SessionId id = session.orElseThrow();
    boolean closed = sessions.close(id, Caller.current().principal());
    ended.accept(id);
    answer(observer, CloseSessionResponse.newBuilder().setClosed(closed).build());
  }

  @Override
  public void listSessions(
      ListSessionsRequest request, StreamObserver<ListSessionsResponse> observer) {
    Caller caller = Caller.current();
    blocking.answerLarge(observer, () -> list(request, caller));
  }

  @Override
  public void listLeases(ListLeasesRequest request, StreamObserver<ListLeasesResponse> observer) {
    Caller caller = Caller.current();
    blocking.answerLarge(observer, () -> leases(request, caller));
  }

  private SessionRequest ask(OpenSessionRequest request) {
    var faults = new RequestFaults();
    Optional<SessionId> id = faults.id("session_id", request.getSessionId()).map(SessionId::new);
    Holder holder = ProtoSessions.holder(request.getHolder(), Caller.current(), faults);
    Optional<Duration> ttl =
        request.hasTtl() ? faults.duration("ttl", request.getTtl()) : Optional.empty();
    faults.throwIfAny(refusals);
    return new SessionRequest(id, holder, ttl, request.getCaches());
  }

  private OpenSessionResponse opened(SessionOutcome outcome) {
    if (outcome instanceof SessionRefused refused) {
      throw switch (refused.reason()) {
        case QUOTA_EXCEEDED -> refusals.quotaExceeded(refused.limit().orElseThrow());
        case ID_TAKEN, ID_UNFIT -> refusals.invalid("session_id", refused.detail());
        case NOT_PROMISED -> refusals.notReady(refused.detail());
      };
    }
    SessionOpened opened = (SessionOpened) outcome;
    trail.opened(opened, RequestId.current());
    return OpenSessionResponse.newBuilder()
        .setSessionId(opened.session().id().value())
        .setTtl(ProtoTimes.duration(opened.ttl()))
        .setRevision(ProtoDatastores.revision(opened.revision()))
        .setRecovering(recovery.active())
        .build();
  }

  private KeepAliveResponse renewed(KeepAliveOutcome outcome) {
    if (outcome instanceof SessionUnknown unknown) {
      throw refusals.sessionNotFound(unknown.recovering());
    }
    if (outcome instanceof SessionNotKept notKept) {
      throw refusals.notReady(notKept.detail());
    }
    SessionRenewed renewed = (SessionRenewed) outcome;
    var answer =
        KeepAliveResponse.newBuilder()
            .setTtl(ProtoTimes.duration(renewed.ttl()))
            .setRevision(ProtoDatastores.revision(renewed.revision()))
            .setLeases(renewed.leases());
    renewed.endedLeases().forEach(lease -> answer.addEndedLeaseIds(lease.value()));
    return answer.build();
  }

  private ListSessionsResponse list(ListSessionsRequest request, Caller caller) {
    var faults = new RequestFaults();
    Optional<DatastoreName> only = faults.optionalName("datastore", request.getDatastore());
    int size = faults.pageSize("page_size", request.getPageSize());
    Optional<PageToken> token =
        faults.pageToken("page_token", Listing.SESSIONS, request.getPageToken());
    faults.throwIfAny(refusals);
    only.ifPresent(name -> caller.require(Verb.SEE, name, refusals));
    var to = new Viewer(caller.principal(), replica);
    boolean inspects =
        only.map(name -> caller.rights().allow(Verb.INSPECT, name))
            .orElseGet(() -> caller.rights().allow(Verb.INSPECT));
    Predicate<Session> seen = session -> inspects || to.is(session.holder());
    Optional<LiveSession.Position> after = token.map(PageToken::after).flatMap(PageToken::place);
    // One more than fits, to find out whether there is a next page.
    List<LiveSession> listed = live.list(seen.and(waitedFor(only)), after, size + 1);
    var page =
        new Page<io.datastored.v1.Session>(ListSessionsResponse.SESSIONS_FIELD_NUMBER, size, 0);
    int taken = 0;
    while (taken < listed.size() && page.add(ProtoSessions.session(listed.get(taken), to))) {
      taken++;
    }
    var response =
        ListSessionsResponse.newBuilder().addAllSessions(page.entries()).setFiltered(!inspects);
    if (taken < listed.size()) {
      String last = PageToken.text(listed.get(taken - 1).place());
      response.setNextPageToken(new PageToken(Listing.SESSIONS, last).encode());
    }
    return response.build();
  }

  /**
   * The sessions that a drain of this datastore waits for; all sessions if no datastore is named.
   */
  private Predicate<Session> waitedFor(Optional<DatastoreName> only) {
    if (only.isEmpty()) {
      return session -> true;
    }
    DatastoreName name = only.get();
    Snapshot snapshot = refusals.fresh(engine);
    Datastore datastore = snapshot.find(name).orElseThrow(() -> refusals.missing(name, snapshot));
    return drains.waitsFor(datastore, snapshot.revision());
  }

  ListLeasesResponse leases(ListLeasesRequest request, Caller caller) {
    var faults = new RequestFaults();
    Optional<DatastoreName> datastore = faults.optionalName("datastore", request.getDatastore());
    Optional<SessionId> session =
        faults.id("session_id", request.getSessionId()).map(SessionId::new);
    int size = faults.pageSize("page_size", request.getPageSize());
    Optional<PageToken> token =
        faults.pageToken("page_token", Listing.LEASES, request.getPageToken());
    faults.throwIfAny(refusals);
    datastore.ifPresent(name -> caller.require(Verb.SEE, name, refusals));
    var to = new Viewer(caller.principal(), replica);
    Rights rights = caller.rights();
    Predicate<Lease> seen =
        lease -> to.is(lease.holder()) || rights.allow(Verb.INSPECT, lease.datastore());
    Optional<FencingToken> after =
        token.map(place -> new FencingToken(Long.parseLong(place.after())));
    // One more than fits, to find out whether there is a next page.
    List<HeldLease> listed = leases.list(seen, datastore, session, after, size + 1);
    var page =
        new Page<io.datastored.v1.HeldLease>(ListLeasesResponse.LEASES_FIELD_NUMBER, size, 0);
    int taken = 0;
    while (taken < listed.size() && page.add(ProtoSessions.lease(listed.get(taken), to))) {
      taken++;
    }
    var response =
        ListLeasesResponse.newBuilder()
            .addAllLeases(page.entries())
            .setFiltered(!rights.allowEverywhere(Verb.INSPECT));
    if (taken < listed.size()) {
      String last = Long.toString(listed.get(taken - 1).lease().token().value());
      response.setNextPageToken(new PageToken(Listing.LEASES, last).encode());
    }
    return response.build();
  }

  private static boolean isDone(CompletableFuture<Void> confirmed) {
    return confirmed.isDone() && !confirmed.isCompletedExceptionally();
  }

  /** Answers when everything is served that was committed before the call. Holds no thread. */
  private <A> void answerAfter(
      CompletableFuture<Void> confirmed,
      StreamObserver<A> observer,
      Supplier<Optional<A>> fromMemory,
      Supplier<A> answer) {
    var call = (ServerCallStreamObserver<A>) observer;
    // Without a handler, an answer to a call that was cancelled while it waited would throw.
    call.setOnCancelHandler(() -> {});
    Caller caller = Caller.current();
    Context context = Context.current();
    // The session is renewed, and its revision read, after the confirmation. In the other order the
    // revision could be older than a change that was committed before the request was sent.
    var unused =
        confirmed.whenComplete(
            (nothing, failure) ->
                context.run(
                    () -> {
                      if (failure == null) {
                        blocking.resume(caller, call, fromMemory, answer);
                      } else {
                        call.onError(refusals.notReady(UNCONFIRMED));
                      }
                    }));
  }

  private static <A> void answer(StreamObserver<A> observer, A message) {
    observer.onNext(message);
    observer.onCompleted();
  }
}
