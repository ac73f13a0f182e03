package io.datastored.drain;

/**
 * Progress is how far a drain is: what is in the way, in numbers and by name. Immutable.
 *
 * @param inTheWay in numbers
 * @param blockers by name
 */
public record Progress(BlockerSummary inTheWay, Blockers blockers) {}
