package io.datastored.lease;

import io.datastored.engine.Engine;
import io.datastored.promise.Authority;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.FencingToken;
import io.datastored.promise.FencingTokens;
import io.datastored.promise.FilePromiseBook;
import io.datastored.promise.LeaseClock;
import io.datastored.promise.LonePeers;
import io.datastored.promise.PromiseBook;
import io.datastored.promise.Recovery;
import io.datastored.promise.SealingPeers;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * A lone standing is that of a server which is alone on its state directory: only clients of its
 * earlier runs come with leases that it has not granted, and only during recovery. Thread-safe.
 */
final class LoneStanding implements Standing {

  private final Engine engine;
  private final FilePromiseBook book;
  private final Authority authority;
  private final LeaseClock clock;
  private final ClockSlack margin;
  private final Executor background;
  private final FencingTokens tokens;
  private final LonePeers peers;

  LoneStanding(
      Engine engine,
      FilePromiseBook book,
      Authority authority,
      LeaseClock clock,
      LeaseOptions options,
      Executor background) {
    this.engine = engine;
    this.book = book;
    this.authority = authority;
    this.clock = clock;
    this.margin = options.margin();
    this.background = background;
    this.tokens = book.tokens(options.tokenBlock(), background);
    this.peers =
        new LonePeers(
            book, clock, margin, (name, since) -> engine.freshSnapshot().isInMode(name, since));
  }

  @Override
  public Authority authority() {
    return authority;
  }

  @Override
  public PromiseBook book() {
    return book;
  }

  @Override
  public FencingTokens tokens() {
    return tokens;
  }

  @Override
  public SealingPeers peers() {
    return peers;
  }

  @Override
  public Recovery recovery() {
    return peers.recovery();
  }

  @Override
  public long start() {
    return book.firstToken();
  }

  @Override
  public boolean isOwn(FencingToken token) {
    return token.value() >= book.firstToken();
  }

  @Override
  public boolean takesOver() {
    return peers.recovery().active();
  }

  @Override
  public Duration longestPromise() {
    return book.longestTtl();
  }

  @Override
  public Upkeep upkeep(LeaseRegister register) {
    LeftPaths left = new LeftPaths(book, register, peers.recovery(), clock, margin);
    return new LedgerCare(book, left, engine.troubles(), clock, background);
  }
}
