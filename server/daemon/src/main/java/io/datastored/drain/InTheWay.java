package io.datastored.drain;

import io.datastored.operation.OperationCounts;
import java.time.Duration;
import java.util.Optional;

/**
 * What is in the way of a mode: everything in progress that it refuses. Immutable.
 *
 * @param operations in progress, of all processes and leases, as far as the mode refuses their kind
 * @param leases how many of these are leases of remote clients
 * @param bound how long it can take at most until none is left, if nobody renews; empty when
 *     something in the way has no end of its own, such as an operation of a local process
 */
public record InTheWay(OperationCounts operations, long leases, Optional<Duration> bound) {}
