package io.datastored.proof;

import io.datastored.proof.site.Wire;
import io.datastored.v1.CloseSessionRequest;
import io.datastored.v1.CloseSessionResponse;
import io.datastored.v1.HeldLease;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.KeepAliveResponse;
import io.datastored.v1.ListLeasesRequest;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.OpenSessionResponse;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.ReleaseResponse;
import io.datastored.v1.Revision;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A remote session is a client's side of one session, by the letter of the contract: it counts its
 * time from the sending of each request, says what it has applied, takes its leases over when the
 * server has forgotten them, repeats each release until it is answered, and gives back what it does
 * not know. Of several servers it uses one, and goes on at the next one when that does not answer
 * or can promise nothing. Thread-safe: one thread keeps it alive, workers ask for leases and drop
 * them.
 */
final class RemoteSession implements AutoCloseable {

  /**
   * Which opening of the session it is, until when that is promised, and by which server.
   *
   * @param session its id as that server says it
   */
  record Promise(int epoch, long until, Wire wire, String session) {}

  private static final int RETRY_MILLIS = 20;

  /** So often a server may give no answer before the next one is tried. */
  private static final int FAILURES = 2;

  private final List<Wire> wires;
  private final String id;
  private final long ttlMillis;
  private final boolean caches;
  private final Set<String> asked = ConcurrentHashMap.newKeySet();
  private final Map<String, RemoteLease> leases = new ConcurrentHashMap<>();
  private final Set<String> endedByServer = ConcurrentHashMap.newKeySet();
  private final Set<String> toRelease = ConcurrentHashMap.newKeySet();
  private final Semaphore wake = new Semaphore(0);
  private final Thread thread = new Thread(this::keepAlive, "keep-alive");

  private volatile Promise promise;
  private volatile Optional<Revision> applied = Optional.empty();
  private volatile boolean closed;

  /** Whether no server that is still there has answered that the session is open. */
  private boolean toBeOpened = true;

  /** The server where the session is to be opened, and how often it has not answered in a row. */
  private int next;

  private int failures;

  private boolean countedTooMany;

  RemoteSession(Wire wire, String id, long ttlMillis, boolean caches) {
    this(List.of(wire), id, ttlMillis, caches);
  }

  /**
   * @param wires servers that share one history, the first one to begin with
   */
  RemoteSession(List<Wire> wires, String id, long ttlMillis, boolean caches) {
    this.wires = List.copyOf(wires);
    this.id = id;
    this.ttlMillis = ttlMillis;
    this.caches = caches;
    this.promise = new Promise(0, Long.MIN_VALUE, wires.get(0), id);
  }

  RemoteSession start() {
    thread.start();
    return this;
  }

  String id() {
    return id;
  }

  Promise promise() {
    return promise;
  }

  /** Says at once what was applied. */
  void applied(Revision revision) {
    applied = Optional.of(revision);
    wake.release();
  }

  /** Before a lease is asked for: the server may count it before the answer is here. */
  Promise asking(String lease) {
    asked.add(lease);
    return promise;
  }

  /**
   * A lease that was granted, renewed with the session from here on.
   *
   * @param when what {@link #asking} answered
   * @return false when it must not be used: the session was opened again meanwhile, so nobody knows
   *     which start of the server granted it, or the server has ended it already
   */
  boolean adopt(RemoteLease lease, Promise when) {
    leases.put(lease.id(), lease);
    asked.remove(lease.id());
    Promise now = promise;
    if (now.epoch() != when.epoch()) {
      return false;
    }
    lease.promise(now.until(), now.epoch());
    // After it is among the leases: the thread that keeps alive looks there after it has heard.
    return !endedByServer.contains(lease.id());
  }

  /** The lease that was asked for was not granted. */
  void refused(String lease) {
    asked.remove(lease);
  }

  /** Gives a lease back, or one that may have been granted; again until that is answered. */
  void release(String lease) {
    leases.remove(lease);
    asked.remove(lease);
    if (!isReleased(lease)) {
      toRelease.add(lease);
    }
  }

  /** The same by the thread that keeps the session alive, at once. */
  void releaseSoon(String lease) {
    leases.remove(lease);
    toRelease.add(lease);
    wake.release();
  }

  private boolean isReleased(String lease) {
    try {
      ReleaseResponse unused =
          promise
              .wire()
              .datastores()
              .release(ReleaseRequest.newBuilder().setLeaseId(lease).build());
      return true;
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  private void keepAlive() {
    while (!closed) {
      try {
        if (toBeOpened) {
          open();
        }
        toRelease.removeIf(this::isReleased);
        renew();
        failures = 0;
        awaitTurn(ttlMillis / 3);
      } catch (StatusRuntimeException e) {
        if (Wire.reason(e).equals("SESSION_NOT_FOUND")) {
          toBeOpened = true;
        } else if (++failures >= FAILURES && wires.size() > 1) {
          failures = 0;
          next = (next + 1) % wires.size();
          toBeOpened = true;
        }
        awaitTurn(toBeOpened && failures == 0 ? 1 : RETRY_MILLIS);
      }
    }
  }

  private void awaitTurn(long millis) {
    try {
      if (wake.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
        int unused = wake.drainPermits();
      }
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  private void open() {
    Wire wire = wires.get(next);
    long sent = System.nanoTime();
    OpenSessionResponse answer =
        wire.sessions()
            .openSession(
                OpenSessionRequest.newBuilder()
                    .setSessionId(id)
                    .setTtl(Wire.millis(ttlMillis))
                    .setCaches(caches)
                    .build());
    promise =
        new Promise(
            promise.epoch() + 1, sent + Wire.nanos(answer.getTtl()), wire, answer.getSessionId());
    toBeOpened = false;
    leases.values().forEach(this::takeOver);
  }

  private void renew() {
    Promise before = promise;
    KeepAliveRequest.Builder request = KeepAliveRequest.newBuilder().setSessionId(before.session());
    applied.ifPresent(request::setApplied);
    long sent = System.nanoTime();
    KeepAliveResponse answer = before.wire().sessions().keepAlive(request.build());
    // First what is over: nothing of it is promised any longer.
    answer.getEndedLeaseIdsList().forEach(this::hearOfEnd);
    int epoch = before.epoch();
    long until = Math.max(before.until(), sent + Wire.nanos(answer.getTtl()));
    promise = new Promise(epoch, until, before.wire(), before.session());
    for (RemoteLease lease : leases.values()) {
      if (lease.epoch() == epoch) {
        lease.promise(until, epoch);
      } else {
        // What an earlier start of the server granted is promised by nobody who is still there.
        takeOver(lease);
      }
    }
    giveBackWhatNobodyKnows(answer.getLeases());
  }

  private void hearOfEnd(String lease) {
    // The answer that grants it may still be under way.
    endedByServer.add(lease);
    RemoteLease held = leases.get(lease);
    if (held != null) {
      held.lose("FORCED");
    }
    release(lease);
  }

  private void takeOver(RemoteLease lease) {
    Promise now = promise;
    if (lease.isLost() || lease.epoch() == now.epoch()) {
      return;
    }
    try {
      LookupResponse unused =
          now.wire()
              .datastores()
              .lookup(
                  LookupRequest.newBuilder()
                      .setDatastore(lease.datastore())
                      .setOperation(Wire.operation(lease.operation()))
                      .setSessionId(now.session())
                      .setLeaseId(lease.id())
                      .setHeldFencingToken(lease.token())
                      .setContinuation(lease.continuation())
                      .build());
      lease.promise(now.until(), now.epoch());
    } catch (StatusRuntimeException e) {
      // A server that can promise nothing now has not ended anything.
      if (Wire.refusal(e).isPresent() && !Wire.reason(e).equals("NOT_READY")) {
        lease.lose(Wire.reason(e));
      }
    }
  }

  /** A Lookup that was delayed until after its Release leaves a lease that nobody knows. */
  private void giveBackWhatNobodyKnows(long counted) {
    boolean tooMany = counted > leases.size() + asked.size();
    if (tooMany && countedTooMany) {
      for (HeldLease held :
          promise
              .wire()
              .sessions()
              .listLeases(ListLeasesRequest.newBuilder().setSessionId(promise.session()).build())
              .getLeasesList()) {
        String lease = held.getLease().getLeaseId();
        if (!asked.contains(lease) && !leases.containsKey(lease)) {
          release(lease);
        }
      }
    }
    countedTooMany = tooMany;
  }

  /** Ends the session, if the server can be reached; else it finds out by itself. */
  @Override
  public void close() {
    closed = true;
    wake.release();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(5));
      CloseSessionResponse unused =
          promise
              .wire()
              .sessions()
              .closeSession(
                  CloseSessionRequest.newBuilder().setSessionId(promise.session()).build());
    } catch (StatusRuntimeException e) {
      // Its ttl ends it.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
