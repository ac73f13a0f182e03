package io.datastored.lease;

import io.datastored.engine.health.TroubleCause;
import io.datastored.engine.health.Troubles;
import io.datastored.engine.snapshot.Change;
import io.datastored.promise.FilePromiseBook;
import io.datastored.promise.LeaseClock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ledger care is the maintenance of a ledger beside its writes: it reports trouble, retries, and
 * forgets what is no longer needed. For one thread, which never waits for the disk: disk work runs
 * in the background, one task at a time.
 */
final class LedgerCare implements Standing.Upkeep {

  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration CLEANING = Duration.ofSeconds(10);

  private final FilePromiseBook book;
  private final LeftPaths left;
  private final Troubles troubles;
  private final LeaseClock clock;
  private final Executor background;
  private final AtomicBoolean busy = new AtomicBoolean();

  private Optional<String> told = Optional.empty();
  private long nextRetry;
  private long nextCleaning;

  LedgerCare(
      FilePromiseBook book,
      LeftPaths left,
      Troubles troubles,
      LeaseClock clock,
      Executor background) {
    this.book = book;
    this.left = left;
    this.troubles = troubles;
    this.clock = clock;
    this.background = background;
  }

  @Override
  public void onServed(Change change) {
    left.onServed(change);
  }

  @Override
  public void tend() {
    long now = clock.now();
    Optional<String> trouble = book.trouble();
    if (!trouble.equals(told)) {
      told = trouble;
      trouble.ifPresentOrElse(
          why ->
              troubles.raise(
                  TroubleCause.LEASES,
                  why
                      + "; leases are renewed and released, but new ones may be refused until it"
                      + " can be written"),
          () -> troubles.clear(TroubleCause.LEASES));
    }
    if (trouble.isPresent() && now >= nextRetry) {
      nextRetry = now + RETRY.toNanos();
      inBackground(book::retry);
    }
    if (!book.left().isEmpty() && now >= nextCleaning) {
      nextCleaning = now + CLEANING.toNanos();
      inBackground(left::tend);
    }
  }

  private void inBackground(Runnable work) {
    if (!busy.compareAndSet(false, true)) {
      return;
    }
    try {
      background.execute(
          () -> {
            try {
              work.run();
            } finally {
              busy.set(false);
            }
          });
    } catch (RejectedExecutionException e) {
      busy.set(false); // the server is stopping
    }
  }
}
