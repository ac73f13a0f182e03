package io.datastored.lease;

import io.datastored.engine.Engine;
import io.datastored.promise.Authority;
import io.datastored.promise.FencingToken;
import io.datastored.promise.FencingTokens;
import io.datastored.promise.FilePromiseBook;
import io.datastored.promise.LeaseClock;
import io.datastored.promise.PromiseBook;
import io.datastored.promise.Recovery;
import io.datastored.promise.SealingPeers;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A lease ground is what the promises of a server stand on: who permits them, where they are
 * recorded, and who else may count what they permit. There is one form for each kind of server.
 */
@FunctionalInterface
public interface LeaseGround {

  /**
   * Begins to make promises.
   *
   * @param clock by which they end
   * @param background may block
   */
  Standing begin(Engine engine, LeaseClock clock, LeaseOptions options, Executor background);

  /** The ground of a server that is alone on its state directory. */
  static LeaseGround alone(FilePromiseBook book, Authority authority) {
    return (engine, clock, options, background) ->
        new LoneStanding(engine, book, authority, clock, options, background);
  }

  /**
   * The ground of one of several servers of a history, to which clients may come with the leases of
   * another one at any time.
   *
   * @param own whether a token was reserved by this server in its present life
   * @param start a number that no other start has
   * @param longest how long the last of all promises may have to be waited for
   */
  static LeaseGround shared(
      Authority authority,
      PromiseBook book,
      SealingPeers peers,
      Predicate<FencingToken> own,
      long start,
      Supplier<Duration> longest) {
    return (engine, clock, options, background) ->
        new SharedStanding(
            authority,
            book,
            new FencingTokens(book, options.tokenBlock(), background),
            peers,
            Recovery.none(clock),
            start,
            own,
            longest);
  }
}
