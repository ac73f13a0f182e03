package io.datastored.promise;

import io.datastored.file.StoreException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fencing tokens hands out numbers that rise strictly, over restarts too, from blocks that are
 * reserved in the book. Thread-safe: one atomic counter below a ceiling that only rises.
 *
 * <p>The next block is reserved in the background when half of the present one is used, so the hot
 * path waits for a disk only when tokens are taken faster than a block can be written.
 */
public final class FencingTokens {

  private static final Logger log = LoggerFactory.getLogger(FencingTokens.class);

  private final FilePromiseBook book;
  private final long block;
  private final Executor background;
  private final AtomicLong next;
  private final AtomicBoolean refilling = new AtomicBoolean();
  private final Object lock = new Object();

  /** Written under the lock. */
  private volatile long ceiling;

  public FencingTokens(FilePromiseBook book, long block, Executor background) {
    this.book = book;
    this.block = block;
    this.background = background;
    this.ceiling = book.firstToken();
    this.next = new AtomicLong(ceiling);
    AtomicLong handedOut = next;
    book.tokensGoTo(() -> handedOut.get() - 1);
  }

  /** The next token; empty when a block must be reserved first. Never touches a disk. */
  public Optional<FencingToken> takeNow() {
    while (true) {
      long token = next.get();
      long end = ceiling;
      if (token >= end) {
        return Optional.empty();
      }
      if (next.compareAndSet(token, token + 1)) {
        if (end - token <= block / 2 && refilling.compareAndSet(false, true)) {
          startRefill();
        }
        return Optional.of(new FencingToken(token));
      }
    }
  }

  /** The next token. May touch the disk. */
  public FencingToken take() throws StoreException {
    while (true) {
      Optional<FencingToken> token = takeNow();
      if (token.isPresent()) {
        return token.get();
      }
      refill(1);
    }
  }

  /** Every token handed out so far is at or below. */
  long last() {
    return next.get() - 1;
  }

  private void startRefill() {
    try {
      background.execute(this::refillAhead);
    } catch (RejectedExecutionException e) {
      // The server is stopping; who runs out reserves for itself.
      refilling.set(false);
    }
  }

  private void refillAhead() {
    try {
      refill(block / 2 + 1);
    } catch (StoreException e) {
      // Who runs out tries again and tells its caller; the book is in trouble until it is
      // written.
      log.atDebug().log("the next block of fencing tokens cannot be reserved: {}", e.getMessage());
    } finally {
      refilling.set(false);
    }
  }

  /** Reserves a block unless at least so many tokens are left. */
  private void refill(long enough) throws StoreException {
    synchronized (lock) {
      if (ceiling - next.get() >= enough) {
        return;
      }
      long raised = ceiling + block;
      book.reserve(raised);
      // Raised only now that the disk has it: a token above the durable ceiling would be given out
      // a second time after a kill.
      ceiling = raised;
    }
  }
}
