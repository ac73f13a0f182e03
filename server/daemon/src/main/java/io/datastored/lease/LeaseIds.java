package io.datastored.lease;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import io.datastored.promise.FencingToken;
import java.util.random.RandomGenerator;

/**
 * Lease ids generate ids for clients that choose none. Immutable.
 *
 * <p>A client that knows the id of a lease can release it, so one id must not be guessable from
 * another, and an id must be generated without a lock. An id is the fencing token, which is unique,
 * and a keyed hash of it under a key that only this process knows.
 */
final class LeaseIds {

  private final HashFunction keyed;

  /** Ids under a key from this source, which must be unpredictable. */
  LeaseIds(RandomGenerator secret) {
    this.keyed = Hashing.sipHash24(secret.nextLong(), secret.nextLong());
  }

  LeaseId idFor(FencingToken token) {
    return new LeaseId(Long.toHexString(token.value()) + "-" + keyed.hashLong(token.value()));
  }
}
