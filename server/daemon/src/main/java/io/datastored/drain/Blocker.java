package io.datastored.drain;

import io.datastored.lease.HeldLease;
import io.datastored.lease.LiveSession;
import io.datastored.operation.ProcessOperations;
import io.datastored.promise.UnseenOperations;

/** A blocker is one thing that a drain waits for. Immutable but for the object it names. */
public sealed interface Blocker {

  /** A lease of a remote client. */
  record OfLease(HeldLease lease) implements Blocker {}

  /** A session that has not applied the mode. */
  record OfSession(LiveSession session) implements Blocker {}

  /** Operations of a process on this host, or its open lock file in the base directory. */
  record OfProcess(ProcessOperations process) implements Blocker {}

  /** Possible operations of another program, which cannot be seen. */
  record OfUnseen(UnseenOperations operations) implements Blocker {}
}
