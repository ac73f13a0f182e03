/**
 * Lookup and release of the original, in each of its versions, and of the engine, side by side on
 * the same workloads. The rebuilt original uses the same files, locks and order of calls as the
 * original, but our parser, so that it is not slow for reasons that are not its own.
 *
 * <p>Where Java lacks a call of the original, a cheaper call replaces it: {@code fcntl} instead of
 * {@code flock}, without a timer as long as the lock is free.
 */
@NullMarked
package io.datastored.bench.lookup;

import org.jspecify.annotations.NullMarked;
