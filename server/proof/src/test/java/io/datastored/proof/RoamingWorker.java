package io.datastored.proof;

import com.google.rpc.ErrorInfo;
import io.datastored.proof.history.HistoryFile;
import io.datastored.proof.history.Kind;
import io.datastored.proof.site.Wire;
import io.datastored.v1.Datastore;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * A roaming worker is a client of several servers that share one history. It asks the one where its
 * session is for each operation; its leases go along when that moves. Confined to its thread, but
 * for {@link #stop}.
 */
final class RoamingWorker implements Runnable {

  private final String name;
  private final List<String> datastores;
  private final List<Wire> servers;
  private final RemoteSession session;
  private final HistoryFile history;
  private final Told told;
  private final SplittableRandom random;
  private long lookups;
  private volatile boolean stopped;

  /**
   * A worker that has not begun.
   *
   * @param first the server at which it begins
   */
  RoamingWorker(
      String name,
      List<String> datastores,
      List<Wire> servers,
      int first,
      HistoryFile history,
      Told told,
      SplittableRandom random) {
    this.name = name;
    this.datastores = datastores;
    this.servers = servers;
    this.session =
        new RemoteSession(
            from(servers, first), name, ReplicaSite.TTL.toMillis(), /* caches= */ false);
    this.history = history;
    this.told = told;
    this.random = random;
  }

  private static List<Wire> from(List<Wire> servers, int first) {
    List<Wire> all = new ArrayList<>(servers.subList(first, servers.size()));
    all.addAll(servers.subList(0, first));
    return all;
  }

  void stop() {
    stopped = true;
  }

  @Override
  public void run() {
    try (RemoteSession open = session.start()) {
      while (!stopped) {
        if (open.promise().epoch() > 0) {
          use(datastores.get(random.nextInt(datastores.size())));
        }
        rest(random.nextInt(20));
      }
    }
  }

  private void use(String datastore) {
    String id = name + "-" + lookups++;
    String operation = random.nextBoolean() ? "WRITE" : "READ";
    RemoteSession.Promise when = session.asking(id);
    LookupRequest.Builder request =
        LookupRequest.newBuilder()
            .setDatastore(datastore)
            .setOperation(Wire.operation(operation))
            .setLeaseId(id)
            .setSessionId(when.session())
            .setPurpose("proof");
    List<Object> asked =
        new ArrayList<>(List.of("id", id, "datastore", datastore, "operation", operation));
    boolean isCurrent = random.nextInt(3) > 0;
    if (isCurrent) {
      asked.addAll(List.of("current", 1));
    }
    history.add(Kind.LOOKUP_BEGIN, asked.toArray());
    if (isCurrent) {
      // After the question stands there: so each answer that stands before it is in it.
      request.setAtLeast(told.highest());
    }
    ask(request.build(), when)
        .ifPresent(
            answer -> {
              RemoteLease lease =
                  new RemoteLease(
                      history, id, datastore, operation, answer.getLease(), when.epoch());
              if (session.adopt(lease, when) && lease.begin(id, fields(answer, when))) {
                for (int i = random.nextInt(4); i > 0 && lease.isUsed(); i--) {
                  // Now and then for longer than a server that was killed is waited for.
                  rest(random.nextInt(20) == 0 ? random.nextInt(12_000) : random.nextInt(200));
                }
                lease.endUse();
              } else {
                history.add(Kind.UNANSWERED, "id", id);
              }
              session.release(id);
              history.add(Kind.RELEASED, "id", id);
            });
  }

  private Object[] fields(LookupResponse answer, RemoteSession.Promise when) {
    Datastore datastore = answer.getDatastore();
    return new Object[] {
      "token",
      answer.getLease().getFencingToken(),
      "replica",
      server(when),
      "mode",
      datastore.getMaintenance().getMode().name().replace("MAINTENANCE_MODE_", ""),
      "content",
      datastore.getSettings().getComment(),
      "generation",
      datastore.getGeneration(),
      "revision",
      answer.getRevision().getIncarnation() + ":" + answer.getRevision().getGeneration()
    };
  }

  private String server(RemoteSession.Promise when) {
    return ReplicaSite.name(servers.indexOf(when.wire()));
  }

  private Optional<LookupResponse> ask(LookupRequest request, RemoteSession.Promise when) {
    String id = request.getLeaseId();
    try {
      LookupResponse answer = when.wire().datastores().lookup(request);
      told.raise(answer.getRevision());
      return Optional.of(answer);
    } catch (StatusRuntimeException e) {
      Optional<ErrorInfo> refusal = Wire.refusal(e);
      if (refusal.isPresent() && Wire.reason(e).equals("UNDER_MAINTENANCE")) {
        told.raise(Long.parseLong(refusal.get().getMetadataOrThrow("generation")));
        List<Object> fields = new ArrayList<>(Arrays.asList(Wire.fields(id, refusal.get())));
        fields.addAll(List.of("replica", server(when)));
        history.add(Kind.REFUSED, fields.toArray());
        session.refused(id);
      } else {
        // It may have been granted.
        history.add(Kind.UNANSWERED, "id", id, "reason", Wire.reason(e));
        session.release(id);
      }
      rest(random.nextInt(20));
      return Optional.empty();
    }
  }

  /** Others have work to do, and the moments are what is tried. */
  private static void rest(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
