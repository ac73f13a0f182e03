package io.datastored.service.call;

import io.datastored.access.Role;
import io.datastored.access.Verb;
import io.datastored.config.DatastoreName;
import io.datastored.history.Revision;
import io.datastored.lease.Holder;
import io.datastored.lease.LeaseId;
import io.datastored.lease.LeaseRequest;
import io.datastored.lease.SessionId;
import io.datastored.operation.Operation;
import io.datastored.promise.FencingToken;
import io.datastored.service.trace.RequestId;
import io.datastored.service.wire.Caller;
import io.datastored.service.wire.ProtoWords;
import io.datastored.service.wire.Refusals;
import io.datastored.service.wire.RequestFaults;
import io.datastored.v1.LookupRequest;
import java.time.Duration;
import java.util.Optional;

/**
 * A lookup question is a validated LookupRequest. Immutable.
 *
 * @param role what the caller may do with the datastore
 * @param name the datastore
 * @param operation the operation to permit
 * @param ask the lease to grant; empty for LOOKUP
 * @param knownEtag etag of the settings that the client has; empty if it has none
 * @param atLeast the revision that the answer must not be older than
 * @param requestId the id of the call
 * @param validateOnly whether the client wants the answer only, without a lease
 */
record LookupQuestion(
    Role role,
    DatastoreName name,
    Operation operation,
    Optional<LeaseRequest> ask,
    String knownEtag,
    Optional<Revision> atLeast,
    RequestId requestId,
    boolean validateOnly) {

  /** Later versions may make longer ones. */
  private static final int MAX_CONTINUATION = 256;

  /** Validates a request; collects all its faults and then throws. */
  static LookupQuestion read(LookupRequest request, Caller caller, Refusals refusals) {
    var faults = new RequestFaults();
    Optional<DatastoreName> name = faults.datastoreName("datastore", request.getDatastore());
    Optional<Operation> operation =
        ProtoWords.OPERATIONS.require("operation", request.getOperation(), faults);
    Optional<SessionId> session =
        faults.id("session_id", request.getSessionId()).map(SessionId::new);
    Optional<Duration> ttl =
        request.hasTtl() ? faults.duration("ttl", request.getTtl()) : Optional.empty();
    if (request.hasTtl() && !request.getSessionId().isEmpty()) {
      faults.add("ttl", "must not be set together with session_id");
    }
    Optional<LeaseId> id = faults.id("lease_id", request.getLeaseId()).map(LeaseId::new);
    Optional<FencingToken> held = held(request, faults);
    String continuation = continuation(request, faults);
    Duration heldFor = heldFor(request, faults);
    String purpose =
        faults.line("purpose", request.getPurpose(), LeaseRequest.MAX_PURPOSE).orElse("");
    Optional<Revision> atLeast =
        request.hasAtLeast() ? faults.revision("at_least", request.getAtLeast()) : Optional.empty();
    operation.filter(asked -> !asked.counted()).ifPresent(asked -> checkUnleased(request, faults));
    faults.throwIfAny(refusals);

    Operation wanted = operation.orElseThrow();
    Optional<LeaseRequest> ask =
        wanted.counted()
            ? Optional.of(
                new LeaseRequest(
                    name.orElseThrow(),
                    wanted,
                    session,
                    ttl,
                    id,
                    held,
                    continuation,
                    heldFor,
                    Holder.at(caller.principal(), caller.peer()),
                    purpose))
            : Optional.empty();
    return new LookupQuestion(
        caller.rights().role(name.orElseThrow()),
        name.orElseThrow(),
        wanted,
        ask,
        request.getKnownEtag(),
        atLeast,
        RequestId.current(),
        request.getValidateOnly());
  }

  /** What the caller must be allowed. */
  Verb verb() {
    return switch (operation) {
      case LOOKUP -> Verb.SEE;
      case READ -> Verb.READ;
      case WRITE -> Verb.WRITE;
    };
  }

  /** Whether the answer shows settings. */
  boolean showsSettings() {
    return role.may(Verb.SETTINGS);
  }

  /** Whether the answer shows who set the mode. */
  boolean showsSetter() {
    return role.may(Verb.INSPECT);
  }

  private static Optional<FencingToken> held(LookupRequest request, RequestFaults faults) {
    long token = request.getHeldFencingToken();
    if (token == 0) {
      return Optional.empty();
    }
    if (request.getLeaseId().isEmpty()) {
      faults.add("lease_id", "is required together with held_fencing_token");
    }
    if (!FencingToken.isValid(token)) {
      faults.add("held_fencing_token", "must be at least 1 and below 2^53");
      return Optional.empty();
    }
    return Optional.of(new FencingToken(token));
  }

  private static String continuation(LookupRequest request, RequestFaults faults) {
    String told = request.getContinuation();
    if (!told.isEmpty() && request.getHeldFencingToken() == 0) {
      faults.add("continuation", "must be set together with held_fencing_token");
    }
    if (told.length() > MAX_CONTINUATION) {
      faults.add("continuation", "must have at most " + MAX_CONTINUATION + " characters");
    }
    return told;
  }

  /** Zero if absent. A client's clock may report anything, so the value is capped. */
  private static Duration heldFor(LookupRequest request, RequestFaults faults) {
    if (!request.hasHeldFor()) {
      return Duration.ZERO;
    }
    Duration told = faults.duration("held_for", request.getHeldFor()).orElse(Duration.ZERO);
    return told.compareTo(LeaseRequest.LONGEST_HELD) > 0 ? LeaseRequest.LONGEST_HELD : told;
  }

  /** A client that names a lease in a lookup that never grants one has misunderstood something. */
  private static void checkUnleased(LookupRequest request, RequestFaults faults) {
    if (!request.getLeaseId().isEmpty()) {
      faults.add("lease_id", "must not be set for LOOKUP, which is never leased");
    }
    if (request.getHeldFencingToken() != 0) {
      faults.add("held_fencing_token", "must not be set for LOOKUP, which is never leased");
    }
  }
}
