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
   * Session renewed is the answer that a session is live. Immutable but for the session.
   *
   * @param session the session
   * @param ttl how long it holds; the client counts from sending its request. Less than usual, down
   *     to zero, for one that is behind a mode that a drain waits for
   * @param revision what is served
   * @param endedLeases those that were ended by force and have not been released
   * @param leases how many leases are live under it
   */
  record SessionRenewed(
      Session session,
      Duration ttl,
      Revision revision,
      ImmutableList<LeaseId> endedLeases,
      long leases)
      implements KeepAliveOutcome {}

  /**
   * Session unknown is the answer that there is no such session. Immutable.
   *
   * @param recovering whether the client may open it again under the same id and reclaim its leases
   */
  record SessionUnknown(boolean recovering) implements KeepAliveOutcome {}

  /**
   * Session not kept is the answer that nothing may be promised at the moment, though the session
   * is there. Immutable.
   *
   * @param detail one sentence for people
   */
  record SessionNotKept(String detail) implements KeepAliveOutcome {}
}
