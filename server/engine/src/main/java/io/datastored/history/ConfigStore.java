package io.datastored.history;

import io.datastored.file.Digest;
import io.datastored.file.StoreException;
import java.util.Optional;

/**
 * A config store is where the configuration is kept: the seam behind which a file, the memory of a
 * test or a replicated store stands. Thread-safe.
 *
 * <p>A store keeps bytes and knows nothing of what they mean. It does not order writers: they hold
 * a lock of their own, and the digest that a save expects protects what others wrote meanwhile.
 */
public interface ConfigStore extends AutoCloseable {

  /** Returns what is there now; {@link ConfigContent#MISSING} when nothing is. */
  ConfigContent load() throws StoreException;

  /**
   * Returns what is there now, as {@link #load}, but reads it only when something about it tells
   * that it changed. What is written past the times of a file is not seen: so whoever relies on
   * this must load from time to time.
   */
  default ConfigContent refresh() throws StoreException {
    return load();
  }

  /**
   * Does everything of a save that can fail for want of space or permission, and changes nothing
   * yet.
   *
   * @param expected the digest of what the caller has seen; whether it is still there is looked at
   *     by the commit
   * @param next the whole new content, {@linkplain ConfigContent#of not in a store yet}
   */
  PreparedSave prepare(Digest expected, ConfigContent next) throws StoreException;

  /**
   * Calls back whenever the content may have changed, by whomever, until the watch or the store is
   * closed. Best effort: there may be too many calls, and on some file systems none; who must know
   * compares digests from time to time. The callback must be quick and must not throw.
   */
  Watch watch(Runnable onMaybeChanged);

  /** Returns why this store takes no saves, as a sentence, or nothing when it does. */
  Optional<String> readOnlyReason();

  /**
   * Refuses when this store takes no saves.
   *
   * @throws StoreException that says why, and what to do
   */
  default void requireWritable() throws StoreException {
    Optional<String> refusal = readOnlyReason();
    if (refusal.isPresent()) {
      throw new StoreException(StoreException.Reason.READ_ONLY, refusal.get());
    }
  }

  /** Returns where this is, for a log line. */
  String describe();

  /** Ends every watch. Idempotent. */
  @Override
  void close();

  /** A watch is a running {@link #watch}. */
  interface Watch extends AutoCloseable {

    /**
     * Returns why the operating system does not tell of changes at the moment, so that they are
     * found by looking only, as a sentence without its full stop; nothing when it tells. Never
     * blocks.
     */
    default Optional<String> unwatched() {
      return Optional.empty();
    }

    /** Ends it. Idempotent. */
    @Override
    void close();
  }
}
