package io.datastored.client;

/**
 * A lease grant is what the server has granted, and as what it was asked for. Immutable.
 *
 * @param id of the lease
 * @param slot whose lease it is
 * @param token fencing token
 * @param purpose as told to the server, and told again when the lease is continued
 * @param askedAt when it was asked for, by the monotonic clock: the server counts from a little
 *     later
 */
record LeaseGrant(String id, LeaseSlot slot, long token, String purpose, long askedAt) {}
