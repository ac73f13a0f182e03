package io.datastored.promise;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import io.datastored.operation.Operation;
import java.time.Duration;
import java.util.Optional;

/**
 * Lone peers are the earlier runs of a server that is alone on its state directory: as long as its
 * recovery lasts, their clients may come back with leases that nobody counts. Thread-safe.
 */
public final class LonePeers implements SealingPeers {

  /** Whether a datastore is still in the mode that a revision has set. */
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

  /** How long earlier runs are waited for. */
  public Recovery recovery() {
    return recovery;
  }

  @Override
  public Look begin(DatastoreName datastore) {
    // At the beginning, before the counters: see Peers.begin.
    Optional<Duration> left = recovery.left();
    return () -> new Elsewhere(left, Optional.empty());
  }

  @Override
  public boolean seal(DatastoreName datastore, MaintenanceMode mode, Revision since)
      throws StoreException {
    // On the disk before it is told. A lease of before may be on its way to be continued; if this
    // server dies now, the next one would take it over again, after DRAINED.
    floors.remember(datastore, mode);
    // And the mode once more: the disk may have taken its time, and a mode that was cleared
    // meanwhile refuses nobody.
    return present.isOf(datastore, since);
  }

  @Override
  public void raiseFloor(DatastoreName datastore, MaintenanceMode mode) throws StoreException {
    floors.remember(datastore, mode);
  }

  @Override
  public TakeOver takeOver(DatastoreName datastore, Operation operation, FencingToken token) {
    if (!recovery.active() || token.value() >= book.earlier().grantedBelow()) {
      return TakeOver.UNKNOWN;
    }
    return token.value() > book.floor(datastore, operation) ? TakeOver.ALLOWED : TakeOver.DRAINED;
  }
}
