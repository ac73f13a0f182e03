package io.datastored.lease;

import io.datastored.engine.snapshot.Change;
import io.datastored.promise.Authority;
import io.datastored.promise.FencingToken;
import io.datastored.promise.FencingTokens;
import io.datastored.promise.PromiseBook;
import io.datastored.promise.Recovery;
import io.datastored.promise.SealingPeers;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A shared standing is that of one of several servers of a history. Immutable but for its parts,
 * which are thread-safe.
 */
record SharedStanding(
    Authority authority,
    PromiseBook book,
    FencingTokens tokens,
    SealingPeers peers,
    Recovery recovery,
    long start,
    Predicate<FencingToken> own,
    Supplier<Duration> longest)
    implements Standing {

  /** What is recorded of a life is maintained by the life itself. */
  private static final Upkeep NONE =
      new Upkeep() {
        @Override
        public void onServed(Change change) {}

        @Override
        public void tend() {}
      };

  @Override
  public boolean isOwn(FencingToken token) {
    return own.test(token);
  }

  @Override
  public boolean takesOver() {
    return true;
  }

  @Override
  public Duration longestPromise() {
    return longest.get();
  }

  @Override
  public Upkeep upkeep(LeaseRegister register) {
    return NONE;
  }
}
