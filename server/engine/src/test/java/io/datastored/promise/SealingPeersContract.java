package io.datastored.promise;

import static io.datastored.promise.SealingPeers.TakeOver.ALLOWED;
import static io.datastored.promise.SealingPeers.TakeOver.DRAINED;
import static io.datastored.promise.SealingPeers.TakeOver.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.file.StoreException;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import io.datastored.operation.Operation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The contract of peers that seal: of a look that finds nothing in the way and a lease that is
 * taken over, at least one sees the other; and what was sealed or ended by force is never taken
 * over, after a kill neither. A form says how a server starts and how its time passes.
 */
abstract class SealingPeersContract {

  static final DatastoreName ALPHA = DatastoreName.of("alpha");
  static final DatastoreName BETA = DatastoreName.of("beta");
  static final Revision SINCE =
      new Revision(new Incarnation("0123456789abcdef"), new Generation(7));

  /** Whether alpha is still in the mode that {@link #SINCE} has set. */
  boolean modeIsStillThere = true;

  private FencingToken before;
  private SealingPeers peers;

  /** The peers of a server that starts now, and listens, where one before was killed. */
  abstract SealingPeers start() throws Exception;

  /** A token of a lease that the present server grants. */
  abstract FencingToken grant() throws Exception;

  /** Lets the time pass in which clients of the server before may come back. */
  abstract void recoveryPasses();

  /** Does something when the next write is on its way to the disk. */
  abstract void beforeTheNextWrite(Runnable what);

  @BeforeEach
  void aServerWasKilledThatHadGrantedALease() throws Exception {
    peers = start();
    before = grant();
    peers = start();
  }

  private SealingPeers.TakeOver takeOver(Operation operation) {
    return peers.takeOver(ALPHA, operation, before);
  }

  private void insist(PromiseBookContract.Write write) throws StoreException {
    PromiseBookContract.insist(write, () -> {});
  }

  @Test
  void takeOver_asLongAsItIsAllowed_aLookThatBeginsHasSomethingInTheWay() {
    assertThat(takeOver(Operation.WRITE)).isEqualTo(ALLOWED);
    Peers.Look begun = peers.begin(ALPHA);
    recoveryPasses();
    assertThat(begun.inTheWay()).as("it began when it was allowed").isNotEqualTo(Elsewhere.NOTHING);
    assertThat(peers.begin(ALPHA).inTheWay()).isEqualTo(Elsewhere.NOTHING);
    assertThat(takeOver(Operation.WRITE)).isEqualTo(UNKNOWN);
  }

  @Test
  void takeOver_ofALeaseOfThisServer_isUnknown() throws Exception {
    assertThat(peers.takeOver(ALPHA, Operation.WRITE, grant())).isEqualTo(UNKNOWN);
  }

  @Test
  void seal_modeIsStillThere_nothingThatItRefusesIsTakenOver() throws Exception {
    insist(() -> assertThat(peers.seal(ALPHA, MaintenanceMode.READ_ONLY, SINCE)).isTrue());
    assertThat(takeOver(Operation.WRITE)).isEqualTo(DRAINED);
    assertThat(takeOver(Operation.READ)).as("not refused").isEqualTo(ALLOWED);
    assertThat(peers.takeOver(BETA, Operation.WRITE, before)).isEqualTo(ALLOWED);
  }

  @Test
  void seal_isTrueForTheNextServerToo() throws Exception {
    insist(() -> assertThat(peers.seal(ALPHA, MaintenanceMode.OFFLINE, SINCE)).isTrue());
    peers = start();
    assertThat(takeOver(Operation.WRITE)).isEqualTo(DRAINED);
    assertThat(takeOver(Operation.READ)).isEqualTo(DRAINED);
  }

  @Test
  void seal_twice_isAsOnce() throws Exception {
    insist(() -> assertThat(peers.seal(ALPHA, MaintenanceMode.OFFLINE, SINCE)).isTrue());
    insist(() -> assertThat(peers.seal(ALPHA, MaintenanceMode.OFFLINE, SINCE)).isTrue());
    assertThat(takeOver(Operation.WRITE)).isEqualTo(DRAINED);
  }

  @Test
  void seal_modeIsAnotherOne_isRefused() throws Exception {
    modeIsStillThere = false;
    insist(() -> assertThat(peers.seal(ALPHA, MaintenanceMode.OFFLINE, SINCE)).isFalse());
  }

  @Test
  void seal_modeChangesWhileItIsWritten_isRefused() throws Exception {
    beforeTheNextWrite(() -> modeIsStillThere = false);
    insist(() -> assertThat(peers.seal(ALPHA, MaintenanceMode.OFFLINE, SINCE)).isFalse());
  }

  @Test
  void raiseFloor_whatIsRefusedIsNotTakenOver_byTheNextServerNeither() throws Exception {
    insist(() -> peers.raiseFloor(ALPHA, MaintenanceMode.READ_ONLY));
    assertThat(takeOver(Operation.WRITE)).isEqualTo(DRAINED);
    peers = start();
    assertThat(takeOver(Operation.WRITE)).isEqualTo(DRAINED);
    assertThat(takeOver(Operation.READ)).isEqualTo(ALLOWED);
  }

  @Test
  void raiseFloor_ofLeasesGrantedAfterIt_saysNothing() throws Exception {
    insist(() -> peers.raiseFloor(ALPHA, MaintenanceMode.OFFLINE));
    before = grant();
    peers = start();
    assertThat(takeOver(Operation.WRITE)).isEqualTo(ALLOWED);
  }
}
