package io.datastored.promise;

import io.datastored.file.StoreException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A promise gate lets pass what a server may promise at this moment: it has the authority, and the
 * book has it. Thread-safe.
 */
public final class PromiseGate {

  private static final Logger log = LoggerFactory.getLogger(PromiseGate.class);

  private static final Optional<String> NOT_WRITTEN =
      Optional.of("the lease ledger in the state directory cannot be written");
  private static final Optional<String> NO_AUTHORITY =
      Optional.of("this server has lost the authority to grant leases and sessions");

  private final Authority authority;
  private final PromiseBook book;

  public PromiseGate(Authority authority, PromiseBook book) {
    this.authority = authority;
    this.book = book;
  }

  /** Whether a ttl may be promised without a write. From memory. */
  public boolean allows(Duration ttl) {
    return authority.holds() && book.allows(ttl);
  }

  /** Whether what was promised before may be promised again. From memory. */
  public boolean isOpen() {
    return authority.holds();
  }

  /**
   * Makes room for promises of a ttl. May touch the disk.
   *
   * @return why a ttl may not be promised, for people; empty when it may
   */
  public Optional<String> refusal(Duration ttl) {
    try {
      book.promise(ttl);
    } catch (StoreException e) {
      return notWritten(e);
    }
    // After the write, which takes as long as a disk does.
    return authority.holds() ? Optional.empty() : NO_AUTHORITY;
  }

  /** The same of something else that the book could not be told. */
  public static Optional<String> notWritten(StoreException why) {
    // Once for each refused call would fill the disk that is full: the ledger's trouble is logged.
    log.atDebug().log("the lease ledger cannot be written: {}", why.getMessage());
    return NOT_WRITTEN;
  }
}
