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
 * Fencing tokens is the allocator of tokens, which rise strictly, across restarts, too. It takes
 * them from blocks that are reserved in the book. Thread-safe: one atomic counter below a ceiling
 * that only rises.
 *
 * <p>The next block is reserved in the background when half of the present one is used, so the hot
 * path waits for a disk only if tokens are taken faster than a block can be written.
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

  /** The next token; empty if a block must be reserved first. Never touches a disk. */
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

  /** The last token handed out, or the one below this run's first. */
  long last() {
    return next.get() - 1;
  }

  private void startRefill() {
    try {
      background.execute(this::refillAhead);
    } catch (RejectedExecutionException e) {
      // The server is stopping; a caller that runs out of tokens reserves a block itself.
      refilling.set(false);
    }
  }

  private void refillAhead() {
    try {
      refill(block / 2 + 1);
    } catch (StoreException e) {
      // A caller that runs out of tokens retries and reports the error; the book stays in trouble
      // until it is written.
      log.atDebug().log("the next block of fencing tokens cannot be reserved: {}", e.getMessage());
    } finally {
      refilling.set(false);
    }
  }

  /** Reserves a block unless at least {@code enough} tokens are left. */
  private void refill(long enough) throws StoreException {
    synchronized (lock) {
      if (ceiling - next.get() >= enough) {
        return;
      }
      long raised = ceiling + block;
      book.reserve(raised);
      // Raised only after it is durable: a token above the durable ceiling could be handed out a
      // second time after a kill.
      ceiling = raised;
    }
  }
}
