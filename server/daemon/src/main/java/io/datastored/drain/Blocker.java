package io.datastored.drain;

import io.datastored.config.DatastoreName;
import io.datastored.lease.HeldLease;
import io.datastored.lease.LiveSession;
import io.datastored.operation.ProcessOperations;
import io.datastored.promise.AwaitedReplica;
import io.datastored.promise.UnseenOperations;
import io.datastored.promise.Work;
import java.util.stream.Stream;

/** A blocker is one thing that a drain waits for. Immutable but for the object it names. */
public sealed interface Blocker {

  /** A lease of a remote client. */
  record OfLease(HeldLease lease) implements Blocker {}

  /** A session that has not applied the mode. */
  record OfSession(LiveSession session) implements Blocker {}

  /** Operations of a process on this host, or its open lock file in the base directory. */
  record OfProcess(ProcessOperations process) implements Blocker {}

  /** Another server, whose leases and sessions are not known by name. */
  record OfReplica(AwaitedReplica replica) implements Blocker {}

  /**
   * A lease or a session at another server.
   *
   * @param replica the name of that server
   * @param datastore that it is in the way on
   */
  record OfRemote(String replica, DatastoreName datastore, Work.Item item) implements Blocker {}

  /**
   * What another server has in the way, by name as far as that is known.
   *
   * @param datastore that it is in the way on
   */
  static Stream<Blocker> of(AwaitedReplica replica, DatastoreName datastore) {
    return replica instanceof AwaitedReplica.Working working && !working.work().oldest().isEmpty()
        ? working.work().oldest().stream()
            .map(item -> new OfRemote(replica.replica(), datastore, item))
        : Stream.of(new OfReplica(replica));
  }

  /** Possible operations of another program, which cannot be seen. */
  record OfUnseen(UnseenOperations operations) implements Blocker {}
}
