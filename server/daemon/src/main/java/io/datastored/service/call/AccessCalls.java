package io.datastored.service.call;

import static java.util.stream.Collectors.joining;

import com.google.common.collect.Comparators;
import io.datastored.access.Access;
import io.datastored.access.Explanation;
import io.datastored.access.Identity;
import io.datastored.access.NamedIdentity;
import io.datastored.access.PageTokens;
import io.datastored.access.Users;
import io.datastored.access.Verb;
import io.datastored.config.DatastoreName;
import io.datastored.service.wire.BlockingCalls;
import io.datastored.service.wire.Caller;
import io.datastored.service.wire.ProtoTimes;
import io.datastored.service.wire.Refusals;
import io.datastored.service.wire.RequestFaults;
import io.datastored.v1.AccessServiceGrpc.AccessServiceImplBase;
import io.datastored.v1.CreatePageLinkRequest;
import io.datastored.v1.CreatePageLinkResponse;
import io.datastored.v1.ExplainAccessRequest;
import io.datastored.v1.ExplainAccessResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The calls of AccessService. Thread-safe: immutable. Questions are answered on a thread that may
 * block, because a user may have to be looked up.
 */
public final class AccessCalls extends AccessServiceImplBase {
  private static final int LONGEST_PRINCIPAL = 255;

  private static final Duration SHORTEST_LINK = Duration.ofMinutes(1);

  private static final String VERBS =
      "must be one of " + Stream.of(Verb.values()).map(Verb::word).collect(joining(", "));

  private final Access access;
  private final Supplier<? extends Users> users;
  private final PageLinks pages;
  private final InstantSource clock;
  private final AuditLog audit;
  private final BlockingCalls blocking;
  private final Refusals refusals;

  /**
   * @param users the users of this host at the time of a call
   * @param clock the time of day, by which certificates expire
   */
  public AccessCalls(
      Access access,
      Supplier<? extends Users> users,
      PageLinks pages,
      InstantSource clock,
      AuditLog audit,
      BlockingCalls blocking,
      Refusals refusals) {
    this.access = access;
    this.users = users;
    this.pages = pages;
    this.clock = clock;
    this.audit = audit;
    this.blocking = blocking;
    this.refusals = refusals;
  }

  @Override
  public void explainAccess(
      ExplainAccessRequest request, StreamObserver<ExplainAccessResponse> observer) {
    blocking.answer(observer, () -> explain(request));
  }

  @Override
  public void createPageLink(
      CreatePageLinkRequest request, StreamObserver<CreatePageLinkResponse> observer) {
    observer.onNext(link(request));
    observer.onCompleted();
  }

  private CreatePageLinkResponse link(CreatePageLinkRequest request) {
    var faults = new RequestFaults();
    Duration wish =
        request.hasValidFor()
            ? faults.duration("valid_for", request.getValidFor()).orElse(PageTokens.LONGEST)
            : PageTokens.LONGEST;
    if (wish.compareTo(SHORTEST_LINK) < 0 || wish.compareTo(PageTokens.LONGEST) > 0) {
      faults.add("valid_for", "must be 1 min to 12 h");
    }
    faults.throwIfAny(refusals);
    Identity identity = Caller.current().subject().identity();
    var answer = CreatePageLinkResponse.newBuilder().setPrincipal(NamedIdentity.nameOf(identity));
    if (identity.principal().isAnonymous()) {
      pages.plain().ifPresent(answer::setUrl);
      return answer.build();
    }
    Duration validity =
        Caller.identityEnds()
            .map(end -> Comparators.min(wish, Duration.between(clock.instant(), end)))
            .orElse(wish);
    Optional<String> link = pages.of(identity, validity);
    if (link.isPresent()) {
      audit.pageLinkCreated(validity, AuditLog.Origin.current());
      answer.setUrl(link.get()).setValidFor(ProtoTimes.duration(validity));
    }
    return answer.build();
  }

  private ExplainAccessResponse explain(ExplainAccessRequest request) {
    var faults = new RequestFaults();
    Optional<String> principal =
        faults.line("principal", request.getPrincipal(), LONGEST_PRINCIPAL);
    Optional<Verb> verb = Verb.parse(request.getVerb());
    if (verb.isEmpty()) {
      faults.add("verb", VERBS);
    }
    Optional<DatastoreName> name = faults.optionalName("datastore", request.getDatastore());
    faults.throwIfAny(refusals);
    Identity identity = identity(principal);
    Explanation explanation = access.explain(identity, name);
    Verb asked = verb.orElseThrow();
    return ExplainAccessResponse.newBuilder()
        .setPrincipal(NamedIdentity.nameOf(identity))
        .setAllowed(explanation.role().may(asked))
        .setRole(explanation.role().word())
        .setNeeded(asked.least().word())
        .setRule(explanation.rule())
        .build();
  }

  private Identity identity(Optional<String> principal) {
    Caller caller = Caller.current();
    Identity own = caller.subject().identity();
    if (principal.isEmpty() || own.names().contains(principal.get())) {
      return own;
    }
    caller.require(Verb.ADMINISTER, refusals);
    try {
      return NamedIdentity.of(principal.get(), users.get())
          .orElseThrow(
              () ->
                  refusals.invalid(
                      "principal",
                      "must be %s; users must exist on this host".formatted(NamedIdentity.FORMS)));
    } catch (IOException e) {
      throw refusals.notReady("a user cannot be looked up: " + e.getMessage());
    }
  }
}
