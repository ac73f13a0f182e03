package io.datastored.promise;

import static io.datastored.promise.SealingPeers.TakeOver.ALLOWED;
import static io.datastored.promise.SealingPeers.TakeOver.DRAINED;
import static io.datastored.promise.SealingPeers.TakeOver.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import io.datastored.operation.Operation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The contract of peers that seal: of a seal and a lease that is taken over, at least one sees the
 * other; and what was sealed or ended by force is never taken over, after a kill neither. A form
 * says how a server starts and how its time passes.
 */
public abstract class SealingPeersContract {

  protected static final DatastoreName ALPHA = DatastoreName.of("alpha");
  protected static final DatastoreName BETA = DatastoreName.of("beta");

  private FencingToken before;
  private SealingPeers peers;

  /** The peers of a server that starts now, and listens, where one before was killed. */
  protected abstract SealingPeers start() throws Exception;

  /** The revision that has set the mode of alpha, which is also that of beta. */
  protected abstract Revision since();

  /** Alpha is set into another mode. */
  protected abstract void modeChanges();

  /** A token of a lease on alpha that the present server grants. */
  protected abstract FencingToken grant() throws Exception;

  /**
   * Has nothing in the way of a seal: what the server before has promised. Leases that it granted
   * may still be continued.
   */
  protected abstract void nothingInTheWay() throws Exception;

  /** Does something when the next write is on its way. */
  protected abstract void beforeTheNextWrite(Runnable what);

  @BeforeEach
  void aServerWasKilledThatHadGrantedALease() throws Exception {
    peers = start();
    before = grant();
    peers = start();
  }

  private SealingPeers.TakeOver takeOver(Operation operation) throws StoreException {
    return takeOver(ALPHA, operation);
  }

  /** From memory, and with a claim that is closed at once. */
  private SealingPeers.TakeOver takeOver(DatastoreName name, Operation operation)
      throws StoreException {
    SealingPeers.TakeOver[] claimed = new SealingPeers.TakeOver[1];
    insist(
        () -> {
          try (SealingPeers.Claim claim = peers.claim(name, operation, before)) {
            claimed[0] = claim.verdict();
          }
        });
    assertThat(peers.takeOver(name, operation, before)).isEqualTo(claimed[0]);
    return claimed[0];
  }

  private void seal(MaintenanceMode mode) throws StoreException {
    insist(() -> assertThat(peers.seal(ALPHA, mode, since())).isTrue());
  }

  private void raiseFloor() throws StoreException {
    insist(
        () -> assertThat(peers.raiseFloor(ALPHA, MaintenanceMode.READ_ONLY, since())).isPresent());
  }

  private void insist(PromiseBookContract.Write write) throws StoreException {
    PromiseBookContract.insist(write, () -> {});
  }

  @Test
  void takeOver_aServerWasKilled_isAllowed_andALookHasItInTheWay() throws Exception {
    assertThat(takeOver(Operation.WRITE)).isEqualTo(ALLOWED);
    assertThat(peers.begin(ALPHA).inTheWay()).isNotEqualTo(Elsewhere.NOTHING);
    nothingInTheWay();
    assertThat(takeOver(Operation.WRITE)).isEqualTo(ALLOWED);
  }

  @Test
  void takeOver_ofALeaseOfThisServer_isUnknown() throws Exception {
    FencingToken own = grant();
    assertThat(peers.takeOver(ALPHA, Operation.WRITE, own)).isEqualTo(UNKNOWN);
    try (SealingPeers.Claim claim = peers.claim(ALPHA, Operation.WRITE, own)) {
      assertThat(claim.verdict()).isEqualTo(UNKNOWN);
    }
  }

  @Test
  void seal_modeIsStillThere_nothingThatItRefusesIsTakenOver() throws Exception {
    nothingInTheWay();
    seal(MaintenanceMode.READ_ONLY);
    assertThat(takeOver(Operation.WRITE)).isEqualTo(DRAINED);
    assertThat(takeOver(Operation.READ)).as("not refused").isEqualTo(ALLOWED);
    assertThat(takeOver(BETA, Operation.WRITE)).isEqualTo(ALLOWED);
  }

  @Test
  void seal_isTrueForTheNextServerToo() throws Exception {
    nothingInTheWay();
    seal(MaintenanceMode.READ_ONLY);
    peers = start();
    assertThat(takeOver(Operation.WRITE)).isEqualTo(DRAINED);
    assertThat(takeOver(Operation.READ)).isEqualTo(ALLOWED);
  }

  @Test
  void seal_twice_isAsOnce() throws Exception {
    nothingInTheWay();
    seal(MaintenanceMode.READ_ONLY);
    seal(MaintenanceMode.READ_ONLY);
    assertThat(takeOver(Operation.WRITE)).isEqualTo(DRAINED);
  }

  /** A take-over is between its two verdicts when a drain ends: at least one sees the other. */
  @Test
  void seal_whileALeaseIsTakenOver_orTheLeaseIsNotCounted() throws Exception {
    nothingInTheWay();
    try (SealingPeers.Claim claim = peers.claim(ALPHA, Operation.WRITE, before)) {
      insist(() -> assertThat(claim.verdict()).isEqualTo(ALLOWED));
      boolean[] sealed = new boolean[1];
      insist(() -> sealed[0] = peers.seal(ALPHA, MaintenanceMode.READ_ONLY, since()));
      SealingPeers.TakeOver[] after = new SealingPeers.TakeOver[1];
      insist(() -> after[0] = claim.verdict());
      assertThat(after[0]).isEqualTo(sealed[0] ? DRAINED : ALLOWED);
    }
  }

  @Test
  void seal_modeIsAnotherOne_isRefused() throws Exception {
    nothingInTheWay();
    modeChanges();
    insist(() -> assertThat(peers.seal(ALPHA, MaintenanceMode.READ_ONLY, since())).isFalse());
  }

  @Test
  void seal_modeChangesWhileItIsWritten_isRefused() throws Exception {
    nothingInTheWay();
    beforeTheNextWrite(this::modeChanges);
    insist(() -> assertThat(peers.seal(ALPHA, MaintenanceMode.READ_ONLY, since())).isFalse());
  }

  @Test
  void raiseFloor_whatIsRefusedIsNotTakenOver_byTheNextServerNeither() throws Exception {
    raiseFloor();
    assertThat(takeOver(Operation.WRITE)).isEqualTo(DRAINED);
    peers = start();
    assertThat(takeOver(Operation.WRITE)).isEqualTo(DRAINED);
    assertThat(takeOver(Operation.READ)).isEqualTo(ALLOWED);
  }

  @Test
  void raiseFloor_ofLeasesGrantedAfterIt_saysNothing() throws Exception {
    raiseFloor();
    before = grant();
    peers = start();
    assertThat(takeOver(Operation.WRITE)).isEqualTo(ALLOWED);
  }

  @Test
  void raiseFloor_saysUpToWhichTokenLeasesAreDead() throws Exception {
    FencingToken dead = grant();
    long[] last = new long[1];
    insist(
        () -> last[0] = peers.raiseFloor(ALPHA, MaintenanceMode.READ_ONLY, since()).orElseThrow());
    assertThat(dead.value()).isLessThanOrEqualTo(last[0]);
    before = grant();
    peers = start();
    assertThat(takeOver(Operation.WRITE)).as("granted above the floor").isEqualTo(ALLOWED);
  }

  @Test
  void raiseFloor_modeIsAnotherOne_isRefused_andNothingIsDead() throws Exception {
    modeChanges();
    insist(() -> assertThat(peers.raiseFloor(ALPHA, MaintenanceMode.READ_ONLY, since())).isEmpty());
    peers = start();
    assertThat(takeOver(Operation.WRITE)).isEqualTo(ALLOWED);
  }

  @Test
  void ask_isClosedTwice_saysNothing() {
    SealingPeers.Asking asking = peers.ask(ALPHA);
    asking.close();
    asking.close();
    assertThat(peers.takeOver(ALPHA, Operation.WRITE, before)).isEqualTo(ALLOWED);
  }
}
