package io.datastored.engine.health;

import java.time.Instant;

/**
 * A trouble is a condition that needs an operator's attention. Immutable.
 *
 * @param cause what it is about
 * @param message what happened, to which object, and what to do: one or two sentences
 * @param since when it began, by the wall clock, for display
 */
public record Trouble(TroubleCause cause, String message, Instant since) {}
