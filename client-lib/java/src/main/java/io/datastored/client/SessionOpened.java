package io.datastored.client;

import io.datastored.v1.Revision;
import java.time.Duration;

/**
 * Session opened is the news that the server has a session of this client. Immutable.
 *
 * @param sessionId its id
 * @param opening counts the openings of this client, from 1
 * @param continued whether it is the session of before, opened again under its id
 * @param ttl time to live, counted from sending the request
 * @param revision the server's revision then; nothing is answered locally before it is applied
 */
public record SessionOpened(
    String sessionId, int opening, boolean continued, Duration ttl, Revision revision) {}
