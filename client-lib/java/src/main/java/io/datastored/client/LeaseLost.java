package io.datastored.client;

/**
 * A lease lost is the event that a lease is no longer valid: all work under it must stop.
 * Immutable.
 *
 * @param cause why the lease was lost
 * @param detail details for people and logs, from the server if it sent any
 * @param leaseId id of the lease
 * @param datastore name of the datastore
 * @param operation operation that the lease permitted
 * @param fencingToken fencing token of the lease, by which storage can reject a late write
 */
public record LeaseLost(
    LossCause cause,
    String detail,
    String leaseId,
    String datastore,
    Operation operation,
    long fencingToken) {}
