package io.datastored.lease;

import com.google.common.collect.ImmutableList;
import io.datastored.history.Revision;
import java.time.Duration;

/**
 * A keep-alive outcome is the answer to a KeepAlive: {@link SessionRenewed}, {@link SessionUnknown}
 * or {@link SessionNotKept}.
 */
public sealed interface KeepAliveOutcome {

  /**
   * Session renewed is the answer for a live session. Immutable but for the session.
   *
   * @param session the session
   * @param ttl how long it holds, counted by the client from the sending of its request. Shorter
   *     than usual, down to zero, if the session has not applied a mode that a drain waits for
   * @param revision the served revision
   * @param endedLeases leases that were ended by force and have not been released
   * @param leases number of live leases under it
   */
  record SessionRenewed(
      Session session,
      Duration ttl,
      Revision revision,
      ImmutableList<LeaseId> endedLeases,
      long leases)
      implements KeepAliveOutcome {}

  /**
   * Session unknown is the answer for a session that does not exist. Immutable.
   *
   * @param recovering whether the client may reopen it under the same id and reclaim its leases
   */
  record SessionUnknown(boolean recovering) implements KeepAliveOutcome {}

  /**
   * Session not kept is the answer for a session that exists while the server can promise nothing.
   * Immutable.
   *
   * @param detail one sentence for people
   */
  record SessionNotKept(String detail) implements KeepAliveOutcome {}
}
