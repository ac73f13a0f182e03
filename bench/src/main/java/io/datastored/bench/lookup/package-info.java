/**
 * Lookup and release as the original does it, in the steps that it took and as the engine does it,
 * side by side on the same workloads. The rebuilt original uses the same files, locks and order of
 * calls; it is given our parser, so that it is not slow for a reason that is not its own.
 *
 * <p>Where Java has no call of the original, the one that costs less is taken: {@code fcntl}
 * instead of {@code flock}, and no timer around it as long as nobody else holds the lock.
 */
@NullMarked
package io.datastored.bench.lookup;

import org.jspecify.annotations.NullMarked;
