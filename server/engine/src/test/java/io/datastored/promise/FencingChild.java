package io.datastored.promise;

import io.datastored.file.DiskSteps;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A fencing child is another process that takes fencing tokens of a state directory and tells each
 * one, until it is killed. Its wall clock stands still, so only the ledger makes tokens rise.
 */
final class FencingChild {

  private static final int BLOCK = 8;
  private static final PromiseBounds BOUNDS =
      new PromiseBounds(Duration.ofMinutes(10), ClockSlack.DEFAULT, EarlierLeases.POSSIBLE);

  private FencingChild() {}

  /**
   * @param args the state directory
   */
  public static void main(String[] args) throws Exception {
    InstantSource stopped = InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000));
    FilePromiseBook ledger =
        FilePromiseBook.open(Path.of(args[0]), BOUNDS, stopped, DiskSteps.REAL);
    FencingTokens tokens = ledger.tokens(BLOCK, work -> new Thread(work, "refill").start());
    while (true) {
      System.out.println(tokens.take(0));
      System.out.flush();
    }
  }
}
