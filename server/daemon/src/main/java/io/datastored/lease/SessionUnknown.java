package io.datastored.lease;

/**
 * Session unknown is the answer that there is no such session. Immutable.
 *
 * @param recovering whether the client may open it again under the same id and reclaim its leases
 */
public record SessionUnknown(boolean recovering) implements KeepAliveOutcome {}
