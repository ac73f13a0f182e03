package io.datastored.client;

/**
 * A lease grant is the data of a lease when it was granted. Immutable.
 *
 * @param id id of the lease
 * @param slot slot that the lease belongs to
 * @param token fencing token
 * @param purpose purpose, sent with the request and again when the lease is continued
 * @param askedAt when the request was made, by the monotonic clock; the server counts from slightly
 *     later
 */
record LeaseGrant(String id, LeaseSlot slot, long token, String purpose, long askedAt) {}
