package io.datastored.client;

/**
 * Lease lost is the news that a lease is not promised any more: whoever works under it must stop.
 * Immutable.
 *
 * @param cause why
 * @param detail a word for people and logs; the server's own, when it said one
 * @param leaseId which lease
 * @param datastore name of the datastore
 * @param operation what it permitted
 * @param fencingToken what storage can tell a late write by
 */
public record LeaseLost(
    LossCause cause,
    String detail,
    String leaseId,
    String datastore,
    Operation operation,
    long fencingToken) {}
