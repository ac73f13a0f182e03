package io.datastored.promise;

import io.datastored.file.StoreException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A promise gate checks that a server may make a promise at this moment: it has the authority, and
 * the promise is in the book. Thread-safe.
 */
public final class PromiseGate {

  private static final Logger log = LoggerFactory.getLogger(PromiseGate.class);

  private static final String NOT_WRITTEN =
      "what this server promises cannot be recorded now, in its state directory or in etcd";

  /** Why nothing is promised without authority, for display. */
  public static final String NO_AUTHORITY =
      "this server has lost the authority to grant leases and sessions";

  private static final Optional<String> SHUT = Optional.of(NO_AUTHORITY);

  private static final Optional<String> LAPSED =
      Optional.of("this server has just announced that it promises less; try again");

  private final Authority authority;
  private final PromiseBook book;

  public PromiseGate(Authority authority, PromiseBook book) {
    this.authority = authority;
    this.book = book;
  }

  /** Whether this ttl may be promised without a write. From memory. */
  public boolean allows(Duration ttl) {
    return authority.holds() && book.allows(ttl);
  }

  /** Whether an existing promise may be renewed. From memory. */
  public boolean isOpen() {
    return authority.holds();
  }

  /** Why an existing promise may not be repeated; empty if it may. From memory. */
  public Optional<String> refusal() {
    return authority.holds() ? Optional.empty() : SHUT;
  }

  /** The life in which a promise is made; to be read before {@link #refusal(Duration)}. */
  public Optional<LifeId> life() {
    return authority.life();
  }

  /**
   * Why what has just been registered must be withdrawn: the life in which it was permitted is
   * over, or may be, or shorter promises were announced since. Empty if it may stay. From memory;
   * see {@link Authority} and {@link PromiseBook#allows} for the order.
   */
  public Optional<String> lapsed(Optional<LifeId> life, Duration ttl) {
    return life.isPresent() && authority.life().equals(life) ? lapsed(ttl) : SHUT;
  }

  /** Why a promise must not be told that was just renewed; empty if it may. From memory. */
  public Optional<String> lapsed(Duration ttl) {
    return book.allows(ttl) ? Optional.empty() : LAPSED;
  }

  /**
   * Permits promises of this ttl. May touch the disk.
   *
   * @return why the ttl may not be promised, for display; empty if it may
   */
  public Optional<String> refusal(Duration ttl) {
    try {
      book.promise(ttl);
    } catch (StoreException e) {
      return Optional.of(notWritten(e));
    }
    // Checked after the write, which may take as long as the disk does.
    return refusal();
  }

  /** The reason for refusing a promise whose write failed. */
  public static String notWritten(StoreException why) {
    // Only at debug level: a line for each refused call would fill a disk that is full already. The
    // ledger's trouble is logged.
    log.atDebug().log("the lease ledger cannot be written: {}", why.getMessage());
    return NOT_WRITTEN;
  }
}
