package io.datastored.lease;

/**
 * A lease outcome is the answer to a {@link LeaseRequest}: {@link Leased}, or {@link LeaseRefused}.
 */
public sealed interface LeaseOutcome permits Leased, LeaseRefused {}
