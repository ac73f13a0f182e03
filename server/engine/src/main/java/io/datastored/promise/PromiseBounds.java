package io.datastored.promise;

import java.time.Duration;

/**
 * Promise bounds are how far a server may promise, and what it believes of servers before it.
 * Immutable.
 *
 * @param longest the longest ttl that may be promised
 * @param slack how much longer than told promises are kept
 * @param earlierLeases what to believe when there is no book
 */
public record PromiseBounds(Duration longest, ClockSlack slack, EarlierLeases earlierLeases) {}
