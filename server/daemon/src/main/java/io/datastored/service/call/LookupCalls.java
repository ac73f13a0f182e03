package io.datastored.service.call;

import io.datastored.engine.Engine;
import io.datastored.engine.Lookup;
import io.datastored.engine.Refused;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.history.Revision;
import io.datastored.lease.LeaseId;
import io.datastored.lease.LeaseOutcome;
import io.datastored.lease.LeaseOutcome.LeaseRefused;
import io.datastored.lease.LeaseOutcome.Leased;
import io.datastored.lease.LeaseRequest;
import io.datastored.lease.LeaseTable;
import io.datastored.lease.LeaseTrail;
import io.datastored.lease.Leases;
import io.datastored.lease.SessionId;
import io.datastored.lease.SessionTable;
import io.datastored.operation.Operation;
import io.datastored.service.call.RevisionWaits.Wait;
import io.datastored.service.call.RevisionWaits.Waiter;
import io.datastored.service.wire.BlockingCalls;
import io.datastored.service.wire.Caller;
import io.datastored.service.wire.EncodedMessage;
import io.datastored.service.wire.Refusal;
import io.datastored.service.wire.Refusals;
import io.datastored.service.wire.RequestFaults;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.ReleaseResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;

/**
 * The calls Lookup and Release. Thread-safe: immutable.
 *
 * <p>A Lookup is validated first. It then waits, as an entry in a map, for the revision that it
 * must not be older than. It is answered on the transport's own thread if memory suffices, and
 * otherwise on a thread that may block.
 */
public final class LookupCalls {

  private final Engine engine;
  private final LeaseTable leases;
  private final LookupAnswers answers;
  private final RevisionWaits waits;
  private final Duration longestWait;
  private final SessionTable sessions;
  private final LeaseTrail trail;
  private final BlockingCalls blocking;
  private final Refusals refusals;

  public LookupCalls(
      Engine engine,
      Leases room,
      LookupAnswers answers,
      RevisionWaits waits,
      ServiceOptions options,
      BlockingCalls blocking,
      Refusals refusals) {
    this.engine = engine;
    this.leases = room.leases();
    this.sessions = room.sessions();
    this.trail = room.trail();
    this.answers = answers;
    this.waits = waits;
    this.longestWait = options.longestRevisionWait();
    this.blocking = blocking;
    this.refusals = refusals;
  }

  public void lookup(LookupRequest request, StreamObserver<EncodedMessage> observer) {
    Caller caller = Caller.current();
    LookupQuestion question = LookupQuestion.read(request, caller, refusals);
    if (!question.role().may(question.verb()) && !continues(question, caller)) {
      caller.require(question.verb(), question.name(), refusals);
    }
    var call = (ServerCallStreamObserver<EncodedMessage>) observer;
    if (!isServed(question)) {
      await(question, call);
      return;
    }
    Optional<EncodedMessage> answer =
        question.validateOnly() ? Optional.empty() : answerNow(question, call);
    if (answer.isPresent()) {
      call.onNext(answer.get());
      call.onCompleted();
    } else {
      blocking.answer(call, () -> answer(question, call));
    }
  }

  /**
   * Whether the caller continues with a lease that it has. A right that has been taken away since
   * does not stop a writer: after a refusal it would only no longer be counted.
   */
  private boolean continues(LookupQuestion question, Caller caller) {
    return question
        .ask()
        .filter(
            ask ->
                ask.id()
                        .filter(id -> leases.isHeldBy(id, question.name(), caller.principal()))
                        .isPresent()
                    || leases.isProven(ask))
        .isPresent();
  }

  void release(ReleaseRequest request, StreamObserver<ReleaseResponse> observer) {
    var faults = new RequestFaults();
    if (request.getLeaseId().isEmpty()) {
      faults.add("lease_id", "is required");
    }
    Optional<LeaseId> id = faults.id("lease_id", request.getLeaseId()).map(LeaseId::new);
    faults.throwIfAny(refusals);
    boolean released = leases.release(id.orElseThrow(), Caller.current().principal());
    observer.onNext(ReleaseResponse.newBuilder().setReleased(released).build());
    observer.onCompleted();
  }

  /** Whether the revision that the question needs is served; never true of another history. */
  private boolean isServed(LookupQuestion question) {
    if (question.atLeast().isEmpty()) {
      return true;
    }
    Revision wanted = question.atLeast().get();
    Revision served = engine.snapshot().revision();
    if (!served.incarnation().equals(wanted.incarnation())) {
      throw refusals.wrongIncarnation();
    }
    return served.generation().compareTo(wanted.generation()) >= 0;
  }

  /**
   * Answers once the revision is served. The client's own deadline needs no handling: gRPC cancels
   * the call when it passes.
   */
  private void await(LookupQuestion question, ServerCallStreamObserver<EncodedMessage> call) {
    Revision wanted = question.atLeast().orElseThrow();
    Caller caller = Caller.current();
    Wait wait =
        waits.prepare(
            wanted.generation(),
            new Waiter() {
              @Override
              public void onReached() {
                blocking.resume(
                    caller,
                    call,
                    () -> question.validateOnly() ? Optional.empty() : answerNow(question, call),
                    () -> answerWaited(question, call));
              }

              @Override
              public void onTimeOut() {
                call.onError(
                    refusals.notReady(
                        "generation " + wanted.generation().value() + " is not served yet"));
              }
            });
    call.setOnCancelHandler(wait::cancel);
    waits.begin(wait, longestWait);
  }

  private EncodedMessage answerWaited(
      LookupQuestion question, ServerCallStreamObserver<EncodedMessage> call) {
    if (!isServed(question)) {
      throw new IllegalStateException("woken before " + question.atLeast());
    }
    return answer(question, call);
  }

  /** The answer, if memory suffices for it. */
  private Optional<EncodedMessage> answerNow(
      LookupQuestion question, ServerCallStreamObserver<EncodedMessage> call) {
    return question.ask().isPresent()
        ? leases.askNow(question.ask().get()).map(outcome -> answer(outcome, question, call))
        : engine
            .lookupNow(question.name(), question.operation())
            .map(lookup -> answer(lookup, question));
  }

  /** The answer, computed on a thread that may block. */
  private EncodedMessage answer(
      LookupQuestion question, ServerCallStreamObserver<EncodedMessage> call) {
    if (question.ask().isEmpty()) {
      return answer(engine.lookup(question.name(), question.operation()), question);
    }
    LeaseRequest ask = question.ask().get();
    return question.validateOnly()
        ? validate(ask, question)
        : answer(leases.ask(ask), question, call);
  }

  private EncodedMessage answer(Lookup lookup, LookupQuestion question) {
    if (lookup instanceof Refused refused) {
      throw refusals.of(refused);
    }
    return answers.of(lookup.handle(), question);
  }

  private EncodedMessage answer(
      LeaseOutcome outcome,
      LookupQuestion question,
      ServerCallStreamObserver<EncodedMessage> call) {
    if (outcome instanceof LeaseRefused refused) {
      throw refusal(refused);
    }
    Leased leased = (Leased) outcome;
    if (call.isCancelled()) {
      // The client will not see the lease. Granted first, then checked: if a call is cancelled
      // after the check, its client repeats Release until it is answered, or the ttl ends the
      // lease.
      leases.undo(leased);
    } else {
      trail.granted(leased, question.requestId());
    }
    return answers.of(leased, question);
  }

  /** The response that the lookup would get; counts nothing. */
  private EncodedMessage validate(LeaseRequest ask, LookupQuestion question) {
    // LOOKUP is not counted; the call brings the snapshot up to date.
    Lookup unused = engine.lookup(question.name(), Operation.LOOKUP);
    Optional<LeaseRefused> refused = leases.refusal(ask);
    if (refused.isPresent()) {
      throw refusal(refused.get());
    }
    Snapshot snapshot = engine.snapshot();
    Datastore datastore =
        snapshot.find(question.name()).orElseThrow(() -> refusals.notFound(question.name()));
    return answers.of(snapshot.revision(), datastore, question);
  }

  private Refusal refusal(LeaseRefused refused) {
    return switch (refused.reason()) {
      case NOT_PERMITTED -> refusals.of(refused.refusal().orElseThrow());
      case LEASE_ENDED -> refusals.leaseEnded(id(refused), refused.cause().orElseThrow());
      case LEASE_ID_REUSED -> refusals.leaseIdReused(id(refused));
      case QUOTA_EXCEEDED -> refusals.quotaExceeded(refused.limit().orElseThrow());
      case SESSION_NOT_FOUND -> sessionNotFound(refused);
      case NOT_PROMISED -> refusals.notReady(refused.detail());
    };
  }

  private Refusal sessionNotFound(LeaseRefused refused) {
    SessionId session = refused.ask().session().orElseThrow();
    return refusals.sessionNotFound(sessions.unknown(session).recovering());
  }

  private static String id(LeaseRefused refused) {
    return refused.ask().id().map(LeaseId::value).orElse("");
  }
}
