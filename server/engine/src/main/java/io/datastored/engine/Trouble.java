package io.datastored.engine;

import java.time.Instant;

/**
 * Trouble is why the configuration cannot be followed at the moment; what was read last is served.
 * Immutable.
 *
 * @param message one sentence for the operator
 * @param since when it began, by the wall clock, for people
 */
public record Trouble(String message, Instant since) {}
