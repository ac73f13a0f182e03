package io.datastored.lease;

/**
 * Session not kept is the answer that nothing may be promised at the moment, though the session is
 * there. Immutable.
 *
 * @param detail one sentence for people
 */
public record SessionNotKept(String detail) implements KeepAliveOutcome {}
