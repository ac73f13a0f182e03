package io.datastored.proof;

import com.google.protobuf.util.Durations;
import com.google.rpc.ErrorInfo;
import io.datastored.proof.history.HistoryFile;
import io.datastored.proof.history.Kind;
import io.datastored.proof.site.Site;
import io.datastored.proof.site.Wire;
import io.datastored.soak.StopLine;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A remote worker is a client that asks the server for each operation, under its session or, now
 * and then, with a ttl of its own.
 */
final class RemoteWorker {

  static final long TTL_MILLIS = 1000;

  private final String name;
  private final Wire wire;
  private final RemoteSession session;
  private final HistoryFile history;
  private final Pace pace;
  private final OddCalls odd;
  private long lookups;

  private RemoteWorker(
      String name, Wire wire, RemoteSession session, HistoryFile history, Pace pace) {
    this.name = name;
    this.wire = wire;
    this.session = session;
    this.history = history;
    this.pace = pace;
    this.odd = new OddCalls(wire, session, history);
  }

  /**
   * @param args site, name, seed, datastores
   */
  public static void main(String[] args) throws Exception {
    StopLine stop = StopLine.ofThisProcess();
    Site site = new Site(Path.of(args[0]));
    Pace pace = new Pace(new SplittableRandom(Long.parseLong(args[2])), stop, 10);
    try (HistoryFile history = HistoryFile.of(site.histories(), args[1]);
        Wire wire = site.connect();
        RemoteSession session = new RemoteSession(wire, args[1], TTL_MILLIS, false).start()) {
      System.out.println("ready");
      new RemoteWorker(args[1], wire, session, history, pace)
          .work(Site.names(Integer.parseInt(args[3])));
    }
  }

  private void work(List<String> datastores) {
    while (!pace.isStopped()) {
      use(pace.oneOf(datastores), pace.isWrite() ? "WRITE" : "READ");
      pace.betweenUses();
    }
  }

  private void use(String datastore, String operation) {
    String id = name + "-" + lookups++;
    boolean withSession = !pace.isOneOf(4);
    LookupRequest.Builder request =
        LookupRequest.newBuilder()
            .setDatastore(datastore)
            .setOperation(Wire.operation(operation))
            .setLeaseId(id)
            .setPurpose("proof");
    if (withSession) {
      request.setSessionId(session.id());
    } else {
      request.setTtl(Wire.millis(TTL_MILLIS));
    }
    history.add(
        Kind.LOOKUP_BEGIN, "id", id, "datastore", datastore, "operation", operation, "current", 1);
    if (withSession && pace.isOneOf(30)) {
      odd.overtake(request.build());
      return;
    }
    Optional<RemoteLease> granted =
        withSession ? underSession(request.build()) : byItself(request.build());
    if (granted.isEmpty()) {
      return;
    }
    RemoteLease lease = granted.get();
    if (lease.begin(id, "token", lease.token())) {
      if (pace.isOneOf(10)) {
        odd.ask(request.build(), lease);
      }
      for (int i = pace.usesOfAGrant(); i > 0 && lease.isUsed(); i--) {
        pace.duringUse();
        if (!withSession && pace.isOneOf(3)) {
          odd.renew(lease);
        }
      }
    }
    lease.endUse();
    if (pace.isOneOf(10)) {
      odd.releaseTwice(lease);
    } else {
      session.release(id);
    }
    history.add(Kind.RELEASED, "id", id);
  }

  private Optional<RemoteLease> underSession(LookupRequest request) {
    RemoteSession.Promise when = session.asking(request.getLeaseId());
    return ask(request)
        .map(answer -> lease(request, answer, when.epoch()))
        .filter(lease -> session.adopt(lease, when) || isGivenBack(lease));
  }

  private Optional<RemoteLease> byItself(LookupRequest request) {
    long sent = System.nanoTime();
    return ask(request)
        .map(
            answer -> {
              RemoteLease lease = lease(request, answer, 0);
              lease.promise(sent + Durations.toNanos(answer.getLease().getTtl()), 0);
              return lease;
            });
  }

  private RemoteLease lease(LookupRequest request, LookupResponse answer, int epoch) {
    return new RemoteLease(
        history,
        request.getLeaseId(),
        request.getDatastore(),
        request.getOperation().name().replace("OPERATION_", ""),
        answer.getLease(),
        epoch);
  }

  /** One that must not be used. */
  private boolean isGivenBack(RemoteLease lease) {
    history.add(Kind.UNANSWERED, "id", lease.id());
    session.release(lease.id());
    return false;
  }

  private Optional<LookupResponse> ask(LookupRequest request) {
    String id = request.getLeaseId();
    try {
      return Optional.of(wire.datastores().lookup(request));
    } catch (StatusRuntimeException e) {
      Optional<ErrorInfo> refusal = Wire.refusal(e);
      if (refusal.isPresent()) {
        history.add(Kind.REFUSED, Wire.fields(id, refusal.get()));
        session.refused(id);
      } else {
        // It may have been granted.
        history.add(Kind.UNANSWERED, "id", id);
        session.release(id);
      }
      pace.afterRefusal();
      return Optional.empty();
    }
  }
}
