package io.datastored.promise;

import java.time.Duration;

/**
 * Promise bounds limit what a server may promise, and set what it assumes about earlier servers.
 * Immutable.
 *
 * @param longest the longest ttl that may be promised
 * @param slack how much longer promises are kept than clients can rely on
 * @param earlierLeases what to assume if there is no book
 */
public record PromiseBounds(Duration longest, ClockSlack slack, EarlierLeases earlierLeases) {}
