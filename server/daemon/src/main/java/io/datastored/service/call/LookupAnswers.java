package io.datastored.service.call;

import com.google.common.primitives.Bytes;
import io.datastored.config.DatastoreName;
import io.datastored.engine.Handle;
import io.datastored.engine.snapshot.Change;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.history.Revision;
import io.datastored.lease.LeaseOutcome.Leased;
import io.datastored.mount.MountState;
import io.datastored.promise.Replicas;
import io.datastored.service.wire.EncodedMessage;
import io.datastored.service.wire.ProtoDatastores;
import io.datastored.service.wire.ProtoSessions;
import io.datastored.service.wire.ProtoTimes;
import io.datastored.v1.LookupResponse;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Lookup answers encode the responses to lookups. Thread-safe.
 *
 * <p>A response is assembled from fields that are already encoded: the revision, encoded once for
 * all answers at that revision, and the datastore, which is most of a response and changes rarely,
 * encoded once for each version and mount state. The cache is keyed by name and holds served
 * datastores only.
 */
public final class LookupAnswers {

  private static final byte[] NOTHING = {};

  private final ConcurrentHashMap<DatastoreName, EncodedDatastore> datastores =
      new ConcurrentHashMap<>();
  private final Supplier<Snapshot> served;
  private final Replicas replicas;
  private volatile @Nullable EncodedRevision at;

  /**
   * @param replicas show whether this server is in touch with the others
   */
  public LookupAnswers(Supplier<Snapshot> served, Replicas replicas) {
    this.served = served;
    this.replicas = replicas;
  }

  /** A revision, encoded as a field of the response. */
  private record EncodedRevision(Revision revision, byte[] field) {}

  /** A datastore, encoded as a field of the response, with and without its settings. */
  private record Forms(byte[] full, byte[] basic) {

    static Forms of(
        UnaryOperator<io.datastored.v1.Datastore> shown,
        Datastore datastore,
        MountState mountState) {
      io.datastored.v1.Datastore.Builder frame = ProtoDatastores.frame(datastore, mountState);
      byte[] basic = field(shown.apply(frame.build()));
      byte[] full = field(shown.apply(ProtoDatastores.withSettings(frame, datastore)));
      return new Forms(full, basic);
    }

    private static byte[] field(io.datastored.v1.Datastore datastore) {
      return LookupResponse.newBuilder().setDatastore(datastore).build().toByteArray();
    }
  }

  /** One version of a datastore, as operators see it and as others do. */
  private record EncodedDatastore(
      Datastore datastore, MountState mountState, Forms forOperators, Forms forOthers) {

    static EncodedDatastore of(Datastore datastore, MountState mountState) {
      Forms all = Forms.of(UnaryOperator.identity(), datastore, mountState);
      Forms others =
          datastore.maintenance().setBy().isEmpty()
              ? all
              : Forms.of(ProtoDatastores::withoutSetter, datastore, mountState);
      return new EncodedDatastore(datastore, mountState, all, others);
    }

    boolean isOf(Datastore other, MountState otherState) {
      return datastore == other && mountState == otherState;
    }
  }

  /** The response to a lookup without a lease. */
  EncodedMessage of(Handle handle, LookupQuestion question) {
    return of(handle.revision(), handle.datastore(), handle.mountState(), unconfirmed(), question);
  }

  /** The response to a validate-only lookup, which is not granted. */
  EncodedMessage of(Revision revision, Datastore datastore, LookupQuestion question) {
    return of(revision, datastore, datastore.mountState(), unconfirmed(), question);
  }

  /** A lease is granted only in touch with the others, so it needs no such field. */
  private byte[] unconfirmed() {
    return replicas
        .unconfirmed()
        .map(
            since ->
                LookupResponse.newBuilder()
                    .setUnconfirmed(ProtoTimes.duration(since))
                    .build()
                    .toByteArray())
        .orElse(NOTHING);
  }

  /** The response with a lease. */
  EncodedMessage of(Leased leased, LookupQuestion question) {
    byte[] lease =
        LookupResponse.newBuilder()
            .setLease(ProtoSessions.own(leased.lease(), leased.ttl()))
            .build()
            .toByteArray();
    return of(leased.revision(), leased.datastore(), leased.mountState(), lease, question);
  }

  /** Evicts datastores that are no longer served. */
  public void onChange(Change change) {
    change.removed().forEach(datastores::remove);
  }

  /** The number of cached datastores; for tests. */
  int size() {
    return datastores.size();
  }

  private EncodedMessage of(
      Revision revision,
      Datastore datastore,
      MountState mountState,
      byte[] standing,
      LookupQuestion question) {
    EncodedDatastore encoded = told(datastore, mountState);
    Forms told = question.showsSetter() ? encoded.forOperators() : encoded.forOthers();
    // The client's settings are current, so they are not sent again. The mount state always is.
    boolean known = datastore.etag().value().equals(question.knownEtag());
    byte[] shown = known || !question.showsSettings() ? told.basic() : told.full();
    return new EncodedMessage(Bytes.concat(at(revision), standing, shown));
  }

  private byte[] at(Revision revision) {
    EncodedRevision kept = at;
    // Compared by identity: all lookups on one snapshot share one revision object.
    if (kept == null || kept.revision() != revision) {
      kept =
          new EncodedRevision(
              revision,
              LookupResponse.newBuilder()
                  .setRevision(ProtoDatastores.revision(revision))
                  .build()
                  .toByteArray());
      at = kept;
    }
    return kept.field();
  }

  private EncodedDatastore told(Datastore datastore, MountState mountState) {
    EncodedDatastore kept = datastores.get(datastore.name());
    if (kept != null && kept.isOf(datastore, mountState)) {
      return kept;
    }
    EncodedDatastore made = EncodedDatastore.of(datastore, mountState);
    datastores.put(datastore.name(), made);
    // Put, then check that it is still served. A change is served first, and then the names it
    // removed are evicted here. Without the check, a lookup on the snapshot before a removal could
    // put the name back after its eviction, and the entry would stay indefinitely.
    if (served.get().find(datastore.name()).orElse(null) != datastore) {
      datastores.remove(datastore.name(), made);
    }
    return made;
  }
}
