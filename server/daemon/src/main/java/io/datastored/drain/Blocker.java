package io.datastored.drain;

import io.datastored.lease.HeldLease;
import io.datastored.lease.LiveSession;
import io.datastored.operation.ProcessOperations;
import io.datastored.promise.UnseenOperations;

/** A blocker is one thing that a drain waits for. Immutable but for what it names. */
public sealed interface Blocker {

  /** A lease of a remote client. */
  record OfLease(HeldLease lease) implements Blocker {}

  /** A session that has not applied the mode. */
  record OfSession(LiveSession session) implements Blocker {}

  /** Operations of a process on this host, or the base directory that it holds open. */
  record OfProcess(ProcessOperations process) implements Blocker {}

  /** Operations of another program, which may or may not be there. */
  record OfUnseen(UnseenOperations operations) implements Blocker {}
}
