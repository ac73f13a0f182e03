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
import io.datastored.service.wire.EncodedMessage;
import io.datastored.service.wire.ProtoDatastores;
import io.datastored.service.wire.ProtoSessions;
import io.datastored.v1.LookupResponse;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lookup answers makes the messages that lookups are answered with. Thread-safe.
 *
 * <p>An answer is put together of fields that are encoded already: the revision once for all
 * answers that tell it, the datastore, which is most of an answer and changes rarely, once for each
 * version of it and mount state. They are kept by name: what is kept is what is served.
 */
public final class LookupAnswers {

  private static final byte[] NO_LEASE = {};

  private final ConcurrentHashMap<DatastoreName, EncodedDatastore> datastores =
      new ConcurrentHashMap<>();
  private final Supplier<Snapshot> served;
  private volatile @Nullable EncodedRevision at;

  public LookupAnswers(Supplier<Snapshot> served) {
    this.served = served;
  }

  /** A revision as the field of an answer. */
  private record EncodedRevision(Revision revision, byte[] field) {}

  /** One version of a datastore as the field of an answer, with its settings and without. */
  private record EncodedDatastore(
      Datastore datastore, MountState mountState, byte[] full, byte[] basic) {

    static EncodedDatastore of(Datastore datastore, MountState mountState) {
      io.datastored.v1.Datastore.Builder frame = ProtoDatastores.frame(datastore, mountState);
      byte[] basic = field(frame.build());
      byte[] full = field(ProtoDatastores.withSettings(frame, datastore));
      return new EncodedDatastore(datastore, mountState, full, basic);
    }

    private static byte[] field(io.datastored.v1.Datastore datastore) {
      return LookupResponse.newBuilder().setDatastore(datastore).build().toByteArray();
    }

    boolean isOf(Datastore other, MountState otherState) {
      return datastore == other && mountState == otherState;
    }
  }

  /** The answer to a question that is not leased. */
  EncodedMessage of(Handle handle, LookupQuestion question) {
    return of(handle.revision(), handle.datastore(), handle.mountState(), NO_LEASE, question);
  }

  /** The answer to what was only asked and not granted. */
  EncodedMessage of(Revision revision, Datastore datastore, LookupQuestion question) {
    return of(revision, datastore, datastore.mountState(), NO_LEASE, question);
  }

  /** The answer with a lease. */
  EncodedMessage of(Leased leased, LookupQuestion question) {
    byte[] lease =
        LookupResponse.newBuilder()
            .setLease(ProtoSessions.frame(leased.lease(), leased.ttl()))
            .build()
            .toByteArray();
    return of(leased.revision(), leased.datastore(), leased.mountState(), lease, question);
  }

  /** Forgets what is served no more. */
  public void onChange(Change change) {
    change.removed().forEach(datastores::remove);
  }

  /** How many are kept; for tests. */
  int size() {
    return datastores.size();
  }

  private EncodedMessage of(
      Revision revision,
      Datastore datastore,
      MountState mountState,
      byte[] lease,
      LookupQuestion question) {
    EncodedDatastore told = told(datastore, mountState);
    // The client's settings are still right: not sent again. The mount state always is.
    boolean known = datastore.etag().value().equals(question.knownEtag());
    return new EncodedMessage(
        Bytes.concat(at(revision), lease, known ? told.basic() : told.full()));
  }

  private byte[] at(Revision revision) {
    EncodedRevision kept = at;
    // Compared by identity: all lookups on one snapshot have one revision.
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
    // Put, then looked whether it is served still; a change is served first, and then what it
    // removes is forgotten here. Not looked: a lookup on the snapshot before a removal puts the
    // name back after it was forgotten, and what it pins stays for ever.
    if (served.get().find(datastore.name()).orElse(null) != datastore) {
      datastores.remove(datastore.name(), made);
    }
    return made;
  }
}
