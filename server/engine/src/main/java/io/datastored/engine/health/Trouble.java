package io.datastored.engine.health;

import java.time.Instant;

/**
 * A trouble is something that an operator should look at. Immutable.
 *
 * @param cause what it is about
 * @param message what happened, to which object, and what to do: one or two sentences
 * @param since when it began, by the wall clock, for people
 */
public record Trouble(TroubleCause cause, String message, Instant since) {}
