package io.datastored.lease;

/**
 * A keep-alive outcome is the answer to a KeepAlive: {@link SessionRenewed}, or {@link
 * SessionUnknown}.
 */
public sealed interface KeepAliveOutcome permits SessionRenewed, SessionUnknown {}
