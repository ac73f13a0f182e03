package io.datastored.lease;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.operation.Operation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A lease model is what a lease room should know, in plain maps. Confined to one test. */
final class LeaseModel {

  private static final long SECOND = 1_000_000_000;
  private static final long SESSION_TTL = 10;

  long now;
  long lastToken;
  final Set<DatastoreName> offline = new HashSet<>();
  final Map<String, Entry> leases = new HashMap<>();

  private final Map<String, Client> sessions = new HashMap<>();
  private final Map<String, Floor> floors = new HashMap<>();
  private final Set<String> spent = new HashSet<>();

  /** Given back when they had been forgotten, or would be by the next tick. */
  final Set<String> perhapsSpent = new HashSet<>();

  private long firstToken;
  private long windowEnd;
  private long longestPromise;

  /** A session. */
  static final class Client {
    final String id;
    long deadline;

    Client(String id) {
      this.id = id;
    }
  }

  /** A lease that is in the table. */
  static final class Entry {
    final String id;
    final @Nullable Client session;
    final DatastoreName datastore;
    final Operation operation;
    final long token;
    long deadline;
    long longestTtl;
    long forcedAt;
    long stopsBy;

    private Entry(
        String id,
        @Nullable Client session,
        DatastoreName datastore,
        Operation operation,
        long token) {
      this.id = id;
      this.session = session;
      this.datastore = datastore;
      this.operation = operation;
      this.token = token;
    }

    boolean isFor(DatastoreName other, Operation otherOperation, @Nullable Client otherSession) {
      return datastore.equals(other)
          && operation == otherOperation
          && Objects.equals(session, otherSession);
    }
  }

  /** What was drained, and when. */
  private record Floor(long token, long at) {}

  /** A server starts; what the last one counted is gone. */
  void start(long first) {
    now += SECOND;
    sessions.clear();
    leases.clear();
    spent.clear();
    perhapsSpent.clear();
    firstToken = first;
    lastToken = first - 1;
    windowEnd = now + longestPromise;
    floors.replaceAll((key, floor) -> new Floor(floor.token, now));
  }

  boolean recovering() {
    return now < windowEnd;
  }

  @Nullable Client session(String id) {
    Client session = sessions.get(id);
    return session != null && now < session.deadline ? session : null;
  }

  void open(String id) {
    Client session = session(id);
    if (session == null) {
      session = new Client(id);
      sessions.put(id, session);
    }
    session.deadline = Math.max(session.deadline + 1, now + SESSION_TTL * SECOND);
    promised(SESSION_TTL);
  }

  void close(String id) {
    Client session = sessions.remove(id);
    leases.values().removeIf(entry -> entry.session == session && over(entry));
  }

  /** Notes that an entry is taken out; always true. */
  private boolean over(Entry entry) {
    if (entry.token < firstToken) {
      spent.add(entry.id);
    }
    return true;
  }

  private void promised(long seconds) {
    longestPromise = Math.max(longestPromise, seconds * SECOND);
  }

  boolean isLive(Entry entry) {
    return isLive(entry, now);
  }

  private static boolean isLive(Entry entry, long at) {
    return entry.forcedAt == 0 && at < ends(entry);
  }

  private static long ends(Entry entry) {
    return entry.session == null ? entry.deadline : entry.session.deadline;
  }

  private boolean isRemembered(Entry entry) {
    if (entry.forcedAt == 0) {
      return now < ends(entry) + entry.longestTtl;
    }
    boolean sessionIsLive = entry.session != null && now < entry.session.deadline;
    return sessionIsLive || now < entry.forcedAt + entry.longestTtl;
  }

  /** The entry that an id stands for; null when it is free. */
  @Nullable Entry known(String id) {
    Entry entry = leases.get(id);
    if (entry != null && !isRemembered(entry)) {
      // It stays in the map: what it was counted for may be so for one more tick.
      boolean unused = over(entry);
      return null;
    }
    return entry;
  }

  void add(
      String id,
      @Nullable Client session,
      DatastoreName datastore,
      Operation operation,
      long token,
      long seconds) {
    Entry entry = new Entry(id, session, datastore, operation, token);
    entry.longestTtl = (session == null ? seconds : SESSION_TTL) * SECOND;
    entry.deadline = now + entry.longestTtl;
    if (session == null) {
      promised(seconds);
    }
    leases.put(id, entry);
  }

  void renew(Entry entry, long seconds) {
    if (entry.session == null) {
      entry.longestTtl = Math.max(entry.longestTtl, seconds * SECOND);
      entry.deadline = Math.max(entry.deadline + 1, now + seconds * SECOND);
      promised(seconds);
    }
  }

  void release(String id) {
    Entry entry = leases.remove(id);
    if (entry == null) {
      spent.add(id);
    } else {
      boolean unused = over(entry);
      if (!isRemembered(entry)) {
        perhapsSpent.add(id);
      }
    }
  }

  int force(DatastoreName datastore, MaintenanceMode mode) {
    int forced = 0;
    for (Entry entry : leases.values()) {
      if (entry.datastore.equals(datastore) && entry.operation.refusedBy(mode) && isLive(entry)) {
        entry.stopsBy = ends(entry);
        entry.forcedAt = now;
        forced++;
      }
    }
    return forced;
  }

  long counted(DatastoreName datastore, long at) {
    return count(
        entry ->
            entry.datastore.equals(datastore)
                && (isLive(entry, at) || (entry.forcedAt > 0 && at < entry.stopsBy)));
  }

  long count(Predicate<Entry> which) {
    return leases.values().stream().filter(which).count();
  }

  void remember(DatastoreName datastore) {
    floors.values().removeIf(floor -> floor.at + longestPromise <= now);
    for (Operation operation : new Operation[] {Operation.READ, Operation.WRITE}) {
      Floor floor = floors.get(key(datastore, operation));
      if (floor == null || floor.token < lastToken) {
        floors.put(key(datastore, operation), new Floor(lastToken, now));
      }
    }
  }

  /** Why a lease of a run before may not be taken over. */
  Optional<EndCause> objection(Entry held) {
    if (!recovering() || held.token >= firstToken || spent.contains(held.id)) {
      return Optional.of(EndCause.NOT_KNOWN);
    }
    Floor floor = floors.get(key(held.datastore, held.operation));
    return floor != null && held.token <= floor.token
        ? Optional.of(EndCause.DRAINED)
        : Optional.empty();
  }

  private static String key(DatastoreName datastore, Operation operation) {
    return datastore + " " + operation;
  }
}
