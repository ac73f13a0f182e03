package io.datastored.drain;

/**
 * Progress is what is still in the way of a drain, in numbers and by name. Immutable.
 *
 * @param inTheWay in numbers
 * @param blockers by name
 */
public record Progress(BlockerSummary inTheWay, Blockers blockers) {}
