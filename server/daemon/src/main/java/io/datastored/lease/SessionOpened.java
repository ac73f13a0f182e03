package io.datastored.lease;

import io.datastored.history.Revision;
import java.time.Duration;

/**
 * Session opened is the answer that the client has a session. Immutable but for the session.
 *
 * @param session new, or the live one of that id
 * @param ttl how long it holds; the client counts from sending its request
 * @param revision what the client must have applied before it may answer from its cache: this one,
 *     or a later one, but none that was read before the session was opened
 */
public record SessionOpened(Session session, Duration ttl, Revision revision)
    implements SessionOutcome {}
