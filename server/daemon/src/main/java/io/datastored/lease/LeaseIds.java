package io.datastored.lease;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import io.datastored.promise.FencingToken;
import java.util.random.RandomGenerator;

/**
 * Lease ids makes ids for clients that choose none. Immutable.
 *
 * <p>Who knows the id of a lease can release it, so an id must not be guessable from another one;
 * and it must be made without a lock. It is the fencing token, which no other lease has, and a
 * keyed hash of it under a key that nobody outside of this process knows.
 */
final class LeaseIds {

  private final HashFunction keyed;

  /** Ids under a key drawn from a source that must be unpredictable. */
  LeaseIds(RandomGenerator secret) {
    this.keyed = Hashing.sipHash24(secret.nextLong(), secret.nextLong());
  }

  LeaseId idFor(FencingToken token) {
    return new LeaseId(Long.toHexString(token.value()) + "-" + keyed.hashLong(token.value()));
  }
}
