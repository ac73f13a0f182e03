package io.datastored.proof;

import com.google.rpc.ErrorInfo;
import io.datastored.proof.history.HistoryFile;
import io.datastored.proof.history.Kind;
import io.datastored.proof.history.Span;
import io.datastored.proof.site.Site;
import io.datastored.proof.site.Wire;
import io.datastored.soak.StopLine;
import io.datastored.v1.Datastore;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.Revision;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A caching worker is a client that keeps its leases and answers itself from them and from the
 * modes it was told, until a mode is in their way. The use and the frames meet under the lock of
 * the modes.
 */
final class CachingWorker {

  private static final long TTL_MILLIS = 1000;

  private final String name;
  private final Wire wire;
  private final RemoteSession session;
  private final CachedModes modes;
  private final HistoryFile history;
  private final Pace pace;

  /** By datastore and operation; under the lock of the modes. */
  private final Map<String, RemoteLease> kept = new HashMap<>();

  /** The lease that is in use; under the lock of the modes. */
  private Optional<RemoteLease> inUse = Optional.empty();

  private long lookups;
  private long asked;

  private CachingWorker(
      String name, Wire wire, RemoteSession session, HistoryFile history, Pace pace) {
    this.name = name;
    this.wire = wire;
    this.session = session;
    this.history = history;
    this.pace = pace;
    this.modes = new CachedModes(() -> wire, session.id(), history, this::apply);
  }

  /**
   * @param args site, name, seed, datastores
   */
  public static void main(String[] args) throws Exception {
    StopLine stop = StopLine.ofThisProcess();
    Site site = new Site(Path.of(args[0]));
    Pace pace = new Pace(new SplittableRandom(Long.parseLong(args[2])), stop, 100);
    try (HistoryFile history = HistoryFile.of(site.histories(), args[1]);
        Wire wire = site.connect();
        RemoteSession session = new RemoteSession(wire, args[1], TTL_MILLIS, true).start()) {
      System.out.println("ready");
      new CachingWorker(args[1], wire, session, history, pace)
          .work(Site.names(Integer.parseInt(args[3])));
    }
  }

  private void work(List<String> datastores) {
    while (!pace.isStopped()) {
      if (session.promise().epoch() > 0) {
        modes.follow();
        use(pace.oneOf(datastores), pace.isWrite() ? "WRITE" : "READ");
      }
      pace.betweenUses();
    }
  }

  private void use(String datastore, String operation) {
    Optional<Datastore> known = modes.find(datastore);
    if (known.isEmpty()) {
      pace.afterRefusal();
      return;
    }
    String id = name + "-" + lookups++;
    history.add(
        Kind.LOOKUP_BEGIN, "id", id, "datastore", datastore, "operation", operation, "current", 1);
    Optional<RemoteLease> granted = begin(id, datastore, operation);
    if (granted.isPresent()) {
      RemoteLease lease = granted.get();
      for (int i = pace.usesOfAGrant(); i > 0 && lease.isUsed(); i--) {
        pace.duringUse();
      }
      end(id, lease);
    }
  }

  private Optional<RemoteLease> begin(String id, String datastore, String operation) {
    Optional<RemoteLease> cached;
    synchronized (modes) {
      if (isRefusedByCache(id, datastore, operation)) {
        pace.afterRefusal();
        return Optional.empty();
      }
      cached = Optional.ofNullable(kept.get(datastore + operation));
      if (cached.isPresent() && begin(cached.get(), id)) {
        inUse = cached;
        return cached;
      }
    }
    cached.ifPresent(this::giveUp);
    Optional<RemoteLease> fresh = ask(id, datastore, operation);
    if (fresh.isPresent()) {
      synchronized (modes) {
        kept.put(datastore + operation, fresh.get());
        if (begin(fresh.get(), id)) {
          inUse = fresh;
          return fresh;
        }
      }
      history.add(Kind.UNANSWERED, "id", id);
    }
    return Optional.empty();
  }

  private static boolean begin(RemoteLease lease, String id) {
    return lease.begin(id, "cached", 1, "token", lease.token(), "lease", lease.id());
  }

  private boolean isRefusedByCache(String id, String datastore, String operation) {
    Datastore known = modes.find(datastore).orElse(Datastore.getDefaultInstance());
    String mode = known.getMaintenance().getMode().name().replace("MAINTENANCE_MODE_", "");
    if (!Span.refuses(mode, operation)) {
      return false;
    }
    history.add(
        Kind.REFUSED,
        "id",
        id,
        "reason",
        "UNDER_MAINTENANCE",
        "mode",
        mode,
        "generation",
        modes.at().map(Revision::getGeneration).orElse(0L),
        "cached",
        1);
    return true;
  }

  private void end(String id, RemoteLease lease) {
    boolean over;
    synchronized (modes) {
      lease.endUse();
      inUse = Optional.empty();
      over = lease.isLost() || isInTheWay(lease);
    }
    if (over) {
      giveUp(lease);
    }
    history.add(Kind.RELEASED, "id", id);
  }

  /** Under the lock of the modes: what is in the way of them and not in use goes back. */
  private void apply(Revision revision) {
    List<RemoteLease> over = new ArrayList<>();
    for (RemoteLease lease : kept.values()) {
      if (isInTheWay(lease) && inUse.filter(used -> used == lease).isEmpty()) {
        over.add(lease);
      }
    }
    for (RemoteLease lease : over) {
      kept.remove(lease.datastore() + lease.operation(), lease);
      // Before the word that the frame is applied; not on this thread, which brings the answers.
      session.releaseSoon(lease.id());
    }
    session.applied(revision);
  }

  private boolean isInTheWay(RemoteLease lease) {
    return modes
        .find(lease.datastore())
        .map(known -> known.getMaintenance().getMode().name().replace("MAINTENANCE_MODE_", ""))
        .filter(mode -> Span.refuses(mode, lease.operation()))
        .isPresent();
  }

  private void giveUp(RemoteLease lease) {
    synchronized (modes) {
      kept.remove(lease.datastore() + lease.operation(), lease);
    }
    session.release(lease.id());
  }

  private Optional<RemoteLease> ask(String use, String datastore, String operation) {
    String id = name + "-lease-" + asked++;
    RemoteSession.Promise when = session.asking(id);
    try {
      LookupResponse answer =
          wire.datastores()
              .lookup(
                  LookupRequest.newBuilder()
                      .setDatastore(datastore)
                      .setOperation(Wire.operation(operation))
                      .setLeaseId(id)
                      .setSessionId(session.id())
                      .build());
      RemoteLease lease =
          new RemoteLease(history, id, datastore, operation, answer.getLease(), when.epoch());
      if (session.adopt(lease, when)) {
        return Optional.of(lease);
      }
      history.add(Kind.UNANSWERED, "id", use);
      session.release(id);
    } catch (StatusRuntimeException e) {
      Optional<ErrorInfo> refusal = Wire.refusal(e);
      if (refusal.isPresent()) {
        history.add(Kind.REFUSED, Wire.fields(use, refusal.get()));
        session.refused(id);
      } else {
        history.add(Kind.UNANSWERED, "id", use);
        session.release(id);
      }
      pace.afterRefusal();
    }
    return Optional.empty();
  }
}
