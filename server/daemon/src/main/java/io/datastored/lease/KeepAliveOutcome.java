package io.datastored.lease;

/**
 * A keep-alive outcome is the answer to a KeepAlive: {@link SessionRenewed}, {@link SessionUnknown}
 * or {@link SessionNotKept}.
 */
public sealed interface KeepAliveOutcome permits SessionRenewed, SessionUnknown, SessionNotKept {}
