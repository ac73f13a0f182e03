package io.datastored.client.internal.cache;

import io.datastored.v1.Lease;

/**
 * A lease grant is the data of a lease when it was granted. Immutable.
 *
 * @param id id of the lease
 * @param slot slot that the lease belongs to
 * @param token fencing token
 * @param continuation proof of the grant, sent again when the lease is continued; empty if the
 *     server is too old to make one
 * @param purpose purpose, sent with the request and again when the lease is continued
 * @param requestedAt when the request was made, by the monotonic clock; the server counts from
 *     slightly later
 */
public record LeaseGrant(
    String id, LeaseSlot slot, long token, String continuation, String purpose, long requestedAt) {

  /** The grant in an answer. */
  public static LeaseGrant of(
      Lease granted, String id, LeaseSlot slot, String purpose, long requestedAt) {
    return new LeaseGrant(
        id, slot, granted.getFencingToken(), granted.getContinuation(), purpose, requestedAt);
  }
}
