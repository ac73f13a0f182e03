package io.datastored.promise;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.file.StoreException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fencing tokens is the allocator of tokens. It takes them from blocks that are reserved in the
 * book; in one server they rise strictly. Thread-safe: one atomic counter in each block; blocks are
 * replaced under a lock that is held for no write.
 *
 * <p>The next block is reserved in the background when half of the present one is used, so the hot
 * path waits for the book only if tokens are taken faster than a block can be reserved.
 *
 * <p>A token must be above all that were drained on its datastore. Where several servers take
 * blocks, a floor may be above the present block: then that one is left, and another one is taken.
 */
public final class FencingTokens {

  private static final Logger log = LoggerFactory.getLogger(FencingTokens.class);

  private final PromiseBook book;
  private final long size;
  private final Executor background;
  private final AtomicBoolean refilling = new AtomicBoolean();

  /** Held while a block is reserved. */
  private final Object lock = new Object();

  /** Held while blocks change places, which waits for nothing. */
  private final Object places = new Object();

  /** Written under the lock of the places, as is the next field. */
  private volatile Present present = used(1);

  /** Reserved ahead; null if none is. */
  private volatile @Nullable Present ahead;

  /** A block that is being handed out. Thread-safe: one atomic counter. */
  private record Present(AtomicLong next, long end) {

    /** Whether it has a token above a floor. */
    boolean has(long above) {
      long token = next.get();
      return token < end && token > above;
    }
  }

  /**
   * An allocator without tokens.
   *
   * @param size of a block
   * @param background reserves ahead; its threads may block
   */
  public FencingTokens(PromiseBook book, long size, Executor background) {
    this.book = book;
    this.size = size;
    this.background = background;
  }

  private static Present used(long end) {
    return new Present(new AtomicLong(end), end);
  }

  /**
   * The next token; empty if a block must be reserved first. Never touches a disk.
   *
   * @param above the floor of the datastore, read after its mode has permitted the operation
   */
  public Optional<FencingToken> takeNow(long above) {
    while (true) {
      Present from = present;
      long token = from.next.get();
      if (token >= from.end || token <= above) {
        if (!turn(from, above)) {
          return Optional.empty();
        }
      } else if (from.next.compareAndSet(token, token + 1)) {
        if (from.end - token <= size / 2 && ahead == null && refilling.compareAndSet(false, true)) {
          startRefill();
        }
        return Optional.of(new FencingToken(token));
      }
    }
  }

  /** Leaves a block for the one ahead; false if that does not help. */
  private boolean turn(Present from, long above) {
    synchronized (places) {
      Present next = ahead;
      if (present != from) {
        return true;
      }
      if (next == null || !next.has(above)) {
        return false;
      }
      present = next;
      ahead = null;
      return true;
    }
  }

  /** The next token. May touch the disk, or ask the store of all servers. */
  public FencingToken take(long above) throws StoreException {
    while (true) {
      Optional<FencingToken> token = takeNow(above);
      if (token.isPresent()) {
        return token.get();
      }
      refill(above);
    }
  }

  /** The last token handed out, or one below the next one; 0 before the first block. */
  long last() {
    return present.next.get() - 1;
  }

  /** Leaves all blocks: the next token is of a new one. For a life that is over. */
  public void leave() {
    synchronized (places) {
      ahead = null;
      present = used(present.end);
    }
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
      synchronized (lock) {
        if (ahead == null) {
          reserve(0);
        }
      }
    } catch (StoreException e) {
      // A caller that runs out of tokens retries and reports the error; the book stays in trouble
      // until it is written.
      log.atDebug().log("the next block of fencing tokens cannot be reserved: {}", e.getMessage());
    } finally {
      refilling.set(false);
    }
  }

  /** Reserves a block ahead, unless somebody else has reserved one with a token above a floor. */
  private void refill(long above) throws StoreException {
    synchronized (lock) {
      Present next = ahead;
      if (!present.has(above) && (next == null || !next.has(above))) {
        reserve(above);
      }
    }
  }

  @GuardedBy("lock")
  private void reserve(long above) throws StoreException {
    TokenBlock reserved = book.reserve(size);
    if (reserved.first() <= above) {
      throw new StoreException(
          StoreException.Reason.OTHER,
          "fencing tokens up to %d are drained, but the next ones begin with %d"
              .formatted(above, reserved.first()));
    }
    synchronized (places) {
      // Only after it is durable: a token of a block that is not could be handed out a second time
      // after a kill.
      ahead = new Present(new AtomicLong(reserved.first()), reserved.end());
    }
  }
}
