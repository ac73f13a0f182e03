package io.datastored.service;

import io.datastored.config.DatastoreName;
import io.datastored.engine.Change;
import io.datastored.engine.Datastore;
import io.datastored.engine.Handle;
import io.datastored.generation.Revision;
import io.datastored.lease.Lease;
import io.datastored.lease.Leased;
import io.datastored.mount.MountState;
import io.datastored.v1.LookupResponse;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Lookup answers makes the messages that lookups are answered with. Thread-safe.
 *
 * <p>The datastore is most of an answer and changes rarely, so its message is made once for each
 * version of the datastore and mount state, and kept by name: what is kept is what is served.
 */
final class LookupAnswers {

  private final ConcurrentHashMap<DatastoreName, Message> messages = new ConcurrentHashMap<>();

  /** The messages of one version of a datastore, with its settings and without. */
  private record Message(
      Datastore datastore,
      MountState mountState,
      io.datastored.v1.Datastore full,
      io.datastored.v1.Datastore basic,
      AtomicReference<Whole> whole) {

    static Message of(Datastore datastore, MountState mountState) {
      io.datastored.v1.Datastore basic = ProtoDatastores.frame(datastore, mountState).build();
      io.datastored.v1.Datastore full =
          basic.toBuilder().setSettings(ProtoSettings.of(datastore.settings())).build();
      return new Message(datastore, mountState, full, basic, new AtomicReference<>());
    }

    boolean isOf(Datastore other, MountState otherState) {
      return datastore == other && mountState == otherState;
    }
  }

  /**
   * The whole answer to who knows the settings and asks for no lease, at one revision: what a
   * client of the kind that asks most is told, again and again.
   */
  private record Whole(Revision revision, LookupResponse answer) {}

  /** The answer to a question that is not leased. */
  LookupResponse of(Handle handle, LookupQuestion question) {
    Datastore datastore = handle.datastore();
    if (!isKnown(datastore, question)) {
      return of(handle.revision(), datastore, handle.mountState(), question).build();
    }
    Message message = message(datastore, handle.mountState());
    Whole kept = message.whole().get();
    // Compared by identity: all lookups on one snapshot have one revision.
    if (kept == null || kept.revision() != handle.revision()) {
      kept =
          new Whole(
              handle.revision(),
              of(handle.revision(), datastore, handle.mountState(), question).build());
      message.whole().set(kept);
    }
    return kept.answer();
  }

  /** The answer to what was only asked and not granted. */
  LookupResponse of(Revision revision, Datastore datastore, LookupQuestion question) {
    return of(revision, datastore, datastore.mountState(), question).build();
  }

  /** The answer with a lease. */
  LookupResponse of(Leased leased, LookupQuestion question) {
    Lease lease = leased.lease();
    return of(leased.revision(), leased.datastore(), leased.mountState(), question)
        .setLease(ProtoSessions.frame(lease, leased.ttl()))
        .build();
  }

  /** Forgets what is served no more. */
  void onChange(Change change) {
    change.removed().forEach(messages::remove);
  }

  private LookupResponse.Builder of(
      Revision revision, Datastore datastore, MountState mountState, LookupQuestion question) {
    Message message = message(datastore, mountState);
    // The client's settings are still right: not sent again. The mount state always is.
    boolean known = isKnown(datastore, question);
    return LookupResponse.newBuilder()
        .setRevision(ProtoDatastores.revision(revision))
        .setDatastore(known ? message.basic() : message.full());
  }

  private static boolean isKnown(Datastore datastore, LookupQuestion question) {
    return datastore.etag().value().equals(question.knownEtag());
  }

  private Message message(Datastore datastore, MountState mountState) {
    Message kept = messages.get(datastore.name());
    if (kept != null && kept.isOf(datastore, mountState)) {
      return kept;
    }
    Message made = Message.of(datastore, mountState);
    messages.put(datastore.name(), made);
    return made;
  }
}
