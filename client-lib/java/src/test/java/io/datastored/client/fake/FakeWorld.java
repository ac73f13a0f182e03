package io.datastored.client.fake;

import io.datastored.v1.Datastore;
import io.datastored.v1.ErrorReason;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MountState;
import io.datastored.v1.Operation;
import io.datastored.v1.Revision;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A fake world is the state of the fake server. Guarded by itself. */
final class FakeWorld {

  /** A session is open until its deadline, which renewals extend. */
  static final class Session {
    final long ttl;
    final boolean caches;
    long deadline;
    Optional<Revision> applied = Optional.empty();

    Session(long ttl, boolean caches, long deadline) {
      this.ttl = ttl;
      this.caches = caches;
      this.deadline = deadline;
    }
  }

  /** A lease is the permission for one counted operation, under a session. */
  record Lease(String id, String datastore, Operation operation, String session, long token) {

    Lease under(String other) {
      return new Lease(id, datastore, operation, other, token);
    }
  }

  private final LongSupplier nanoTime;
  final Map<String, Datastore> datastores = new TreeMap<>();
  final Map<String, Long> removed = new HashMap<>();
  final Map<String, Session> sessions = new HashMap<>();
  final Map<String, Lease> leases = new LinkedHashMap<>();

  /** Leases that the server ended, by id, until they are released or their session ends. */
  final Map<String, Lease> ended = new LinkedHashMap<>();

  /** Leases granted before the restart, by id, which may be continued. */
  final Map<String, Lease> earlier = new HashMap<>();

  /** The life of this server, which ends the ids of its sessions; empty: it is alone. */
  String life = "";

  /** Leases that any server of the history has granted, by id, and that may be continued. */
  Map<String, Lease> granted = new HashMap<>();

  /** Leases that were counted in this life: what is not there any more is over. */
  private final Set<String> counted = new HashSet<>();

  String incarnation = newIncarnation();
  long generation = 1;
  long floor;
  boolean recovering;
  private AtomicLong tokens = new AtomicLong(1000);

  FakeWorld(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  static String newIncarnation() {
    return UUID.randomUUID().toString().replace("-", "").substring(0, 16);
  }

  long now() {
    return nanoTime.getAsLong();
  }

  Revision revision() {
    return Revision.newBuilder().setIncarnation(incarnation).setGeneration(generation).build();
  }

  /** Serves the same history as another server, from its present state on. */
  void join(FakeWorld other) {
    incarnation = other.incarnation;
    generation = other.generation;
    floor = other.floor;
    datastores.putAll(other.datastores);
    removed.putAll(other.removed);
    granted = other.granted;
    tokens = other.tokens;
  }

  /** The id that this server makes of one that a client asks for. */
  String given(String asked) {
    return life.isEmpty() ? asked : asked.replaceFirst(":[a-z]{8}$", "") + ":" + life;
  }

  /** All Lookup requests, oldest first. */
  final List<LookupRequest> lookups = new ArrayList<>();

  /** Commits one datastore as the next generation. */
  Datastore commit(Datastore datastore) {
    generation++;
    Datastore committed =
        datastore.toBuilder()
            .setGeneration(generation)
            .setEtag("etag-" + generation)
            .setBasePath(datastore.getSettings().getPath())
            .build();
    datastores.put(committed.getName(), committed);
    removed.remove(committed.getName());
    return committed;
  }

  void commitRemoval(String name) {
    generation++;
    datastores.remove(name);
    removed.put(name, generation);
  }

  /** Ends expired sessions; the result is the session with this id, which must be open. */
  Session session(String id) {
    List<String> over =
        sessions.entrySet().stream()
            .filter(entry -> now() - entry.getValue().deadline >= 0)
            .map(Map.Entry::getKey)
            .toList();
    over.forEach(this::endSession);
    Session session = sessions.get(id);
    if (session == null) {
      boolean ofAnother = !life.isEmpty() && !id.endsWith(":" + life);
      throw FakeRefusals.sessionNotFound(recovering || ofAnother, generation);
    }
    return session;
  }

  void endSession(String id) {
    sessions.remove(id);
    leases.values().removeIf(lease -> lease.session.equals(id));
    ended.values().removeIf(lease -> lease.session.equals(id));
  }

  LookupResponse lookup(LookupRequest request) {
    lookups.add(request);
    if (request.hasAtLeast()) {
      requireAtLeast(request.getAtLeast());
    }
    Datastore datastore = datastores.get(request.getDatastore());
    if (datastore == null) {
      throw FakeRefusals.notFound(request.getDatastore(), generation);
    }
    LookupResponse.Builder answer = LookupResponse.newBuilder().setRevision(revision());
    if (request.getOperation() == Operation.OPERATION_LOOKUP) {
      requireMode(datastore, request.getOperation());
    } else {
      answer.setLease(wire(lease(request, datastore)));
    }
    answer.setDatastore(
        datastore.getEtag().equals(request.getKnownEtag())
            ? datastore.toBuilder().clearSettings().clearBasePath().build()
            : datastore);
    return answer.build();
  }

  private void requireAtLeast(Revision wanted) {
    if (!wanted.getIncarnation().equals(incarnation)) {
      throw FakeRefusals.of(
          ErrorReason.ERROR_REASON_WRONG_INCARNATION,
          Status.Code.FAILED_PRECONDITION,
          "the revision is of another history than this server's",
          generation,
          Map.of("incarnation", incarnation));
    }
    if (wanted.getGeneration() > generation) {
      throw FakeRefusals.notReady(
          "generation " + wanted.getGeneration() + " is not served yet", generation);
    }
  }

  private Lease lease(LookupRequest request, Datastore datastore) {
    Session unused = session(request.getSessionId());
    String id =
        request.getLeaseId().isEmpty() ? UUID.randomUUID().toString() : request.getLeaseId();
    Lease live = leases.get(id);
    if (ended.containsKey(id)) {
      throw FakeRefusals.leaseEnded(id, "forced", generation);
    }
    if (request.getHeldFencingToken() != 0) {
      if (live != null && !live.session.equals(request.getSessionId())) {
        throw FakeRefusals.leaseIdReused(id, generation);
      }
      if (live == null && counted.contains(id)) {
        throw FakeRefusals.leaseEnded(id, "not-known", generation);
      }
      Lease forgotten = life.isEmpty() ? earlier.remove(id) : granted.get(id);
      if (live == null && (recovering || !life.isEmpty()) && forgotten != null) {
        live = forgotten.under(request.getSessionId());
        count(live);
      }
      if (live == null || live.token != request.getHeldFencingToken()) {
        throw FakeRefusals.leaseEnded(id, "not-known", generation);
      }
      return live;
    }
    requireMode(datastore, request.getOperation());
    if (live == null) {
      live =
          new Lease(
              id,
              datastore.getName(),
              request.getOperation(),
              request.getSessionId(),
              tokens.incrementAndGet());
      count(live);
      granted.put(id, live);
    } else if (!live.datastore.equals(datastore.getName())
        || live.operation != request.getOperation()
        || !live.session.equals(request.getSessionId())) {
      throw FakeRefusals.leaseIdReused(id, generation);
    }
    return live;
  }

  private void count(Lease lease) {
    leases.put(lease.id, lease);
    if (!life.isEmpty()) {
      counted.add(lease.id);
    }
  }

  /** Forgets sessions and leases, as a server does whose life is over, and begins another life. */
  void liveAs(String next) {
    sessions.clear();
    leases.clear();
    counted.clear();
    life = next;
  }

  private void requireMode(Datastore datastore, Operation operation) {
    MaintenanceMode mode = datastore.getMaintenance().getMode();
    boolean refused =
        switch (mode) {
          case MAINTENANCE_MODE_NONE -> false;
          case MAINTENANCE_MODE_READ_ONLY -> operation == Operation.OPERATION_WRITE;
          case MAINTENANCE_MODE_DELETE -> true;
          default -> operation != Operation.OPERATION_LOOKUP;
        };
    if (refused) {
      throw FakeRefusals.underMaintenance(datastore, operation, generation);
    }
    if (operation != Operation.OPERATION_LOOKUP
        && datastore.getMountState() == MountState.MOUNT_STATE_NOT_MOUNTED) {
      throw FakeRefusals.notMounted(datastore, generation);
    }
  }

  static io.datastored.v1.Lease wire(Lease lease) {
    return io.datastored.v1.Lease.newBuilder()
        .setLeaseId(lease.id)
        .setDatastore(lease.datastore)
        .setOperation(lease.operation)
        .setFencingToken(lease.token)
        .setSessionId(lease.session)
        .setContinuation("proof of " + lease.id)
        .build();
  }

  /** Forgets sessions and leases, as a killed process does, and starts recovery. */
  void restart() {
    earlier.clear();
    earlier.putAll(leases);
    leases.clear();
    ended.clear();
    sessions.clear();
    recovering = true;
  }
}
