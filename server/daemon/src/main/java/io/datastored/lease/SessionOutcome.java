package io.datastored.lease;

/**
 * A session outcome is the answer to a {@link SessionRequest}: {@link SessionOpened}, or {@link
 * SessionRefused}.
 */
public sealed interface SessionOutcome permits SessionOpened, SessionRefused {}
