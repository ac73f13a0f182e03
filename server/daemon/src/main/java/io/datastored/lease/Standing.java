package io.datastored.lease;

import io.datastored.engine.snapshot.Change;
import io.datastored.promise.Authority;
import io.datastored.promise.FencingToken;
import io.datastored.promise.FencingTokens;
import io.datastored.promise.PromiseBook;
import io.datastored.promise.Recovery;
import io.datastored.promise.SealingPeers;
import java.time.Duration;

/** A standing is a lease ground on which promises are made. Thread-safe. */
interface Standing {

  /** Permits promises at a moment. */
  Authority authority();

  /** Where promises are recorded. */
  PromiseBook book();

  /** The allocator of fencing tokens. */
  FencingTokens tokens();

  /** Who else counts, or may come back with a lease that is not counted here. */
  SealingPeers peers();

  /** The time in which clients of an earlier run may come back. */
  Recovery recovery();

  /** A number that rises with each start that leaves any lease behind. */
  long start();

  /** Whether a token was handed out by this run: then its lease is in the table, or over. */
  boolean isOwn(FencingToken token);

  /** Whether a client may come with a lease that this run has not granted. */
  boolean takesOver();

  /** How long the last of all promises may have to be waited for. */
  Duration longestPromise();

  /**
   * Begins to maintain the record beside its writes.
   *
   * @param register of the leases that are counted
   */
  Upkeep upkeep(LeaseRegister register);

  /** An upkeep follows what is served, and is called with each sweep. Must not block. */
  interface Upkeep {

    /** Follows a change that is served. */
    void onServed(Change change);

    /** Does what is due. */
    void tend();
  }
}
