package io.datastored.promise;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import io.datastored.operation.Operation;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Lone peers are the earlier runs of a server that is alone on its state directory: during
 * recovery, their clients may return with leases that are not counted yet. Thread-safe.
 */
public final class LonePeers implements SealingPeers {

  /** Reports whether a datastore is still in the mode that was set in a revision. */
  @FunctionalInterface
  public interface PresentMode {
    boolean isOf(DatastoreName datastore, Revision since) throws StoreException;
  }

  private final FilePromiseBook book;
  private final Recovery recovery;
  private final DrainFloors floors;
  private final PresentMode present;

  public LonePeers(FilePromiseBook book, LeaseClock clock, ClockSlack slack, PresentMode present) {
    this.book = book;
    this.recovery = new Recovery(clock, book.earlier().found(), slack);
    this.floors = new DrainFloors(book, recovery, clock, slack);
    this.present = present;
  }

  /** The recovery, in which this server waits for clients of earlier runs. */
  public Recovery recovery() {
    return recovery;
  }

  @Override
  public Look begin(DatastoreName datastore) {
    // Read at the start, before the counters: see Peers.begin.
    Optional<Duration> left = recovery.left();
    return () -> Elsewhere.of(left);
  }

  @Override
  public boolean seal(DatastoreName datastore, MaintenanceMode mode, Revision since)
      throws StoreException {
    // Durable before DRAINED is reported. A request to continue an earlier lease may be in flight;
    // if this server died now, the next one would take the lease over again, after DRAINED.
    floors.remember(datastore, mode, book.lastToken());
    // Check the mode again: the disk write may have been slow, and a mode that was cleared in the
    // meantime refuses nothing.
    return present.isOf(datastore, since);
  }

  /** Nobody else can change the mode, so it need not be looked at. */
  @Override
  public boolean sealForCommit(DatastoreName datastore, MaintenanceMode mode, Revision since)
      throws StoreException {
    floors.remember(datastore, mode, book.lastToken());
    return true;
  }

  @Override
  public OptionalLong raiseFloor(DatastoreName datastore, MaintenanceMode mode, Revision since)
      throws StoreException {
    long last = book.lastToken();
    if (!present.isOf(datastore, since)) {
      return OptionalLong.empty();
    }
    floors.remember(datastore, mode, last);
    return OptionalLong.of(last);
  }

  @Override
  public TakeOver takeOver(DatastoreName datastore, Operation operation, FencingToken token) {
    if (!recovery.active() || token.value() >= book.earlier().grantedBelow()) {
      return TakeOver.UNKNOWN;
    }
    return token.value() > book.floor(datastore, operation) ? TakeOver.ALLOWED : TakeOver.DRAINED;
  }

  /** Nobody else counts. */
  @Override
  public Claim claim(DatastoreName datastore, Operation operation, FencingToken token) {
    return new Claim() {
      @Override
      public TakeOver verdict() {
        return takeOver(datastore, operation, token);
      }

      @Override
      public void close() {}
    };
  }

  /** Nobody else is to hurry. */
  @Override
  public Asking ask(DatastoreName datastore) {
    return () -> {};
  }
}
