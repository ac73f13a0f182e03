package io.datastored.promise;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.datastored.file.BreakableDisk;
import io.datastored.file.BreakableDisk.Step;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import io.datastored.operation.Operation;
import io.datastored.promise.SealingPeers.TakeOver;
import io.datastored.testkit.ManualTicker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LonePeersContractTest {

  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000));
  private static final Revision SINCE =
      new Revision(new Incarnation("0123456789abcdef"), new Generation(7));
  private static final Duration TTL = Duration.ofMinutes(1);
  private static final PromiseBounds NEW =
      new PromiseBounds(Duration.ofMinutes(10), ClockSlack.NONE, EarlierLeases.NONE);

  @Nested
  final class OnADiskThatWorks extends Lone {
    OnADiskThatWorks() {
      super(new BreakableDisk());
    }
  }

  @Nested
  final class OnADiskThatFailsAtEachStep extends Lone {
    OnADiskThatFailsAtEachStep() {
      super(new BreakableDisk().fail(new EachStepFails()));
    }
  }

  /** Behind others, who only look. */
  @Nested
  final class BehindOthers extends Lone {
    BehindOthers() {
      super(new BreakableDisk());
    }

    @Override
    protected SealingPeers start() throws Exception {
      Peers nobody = name -> () -> Elsewhere.NOTHING;
      return new OrderedPeers(ImmutableList.of(nobody, nobody), super.start());
    }
  }

  abstract static class Lone extends SealingPeersContract {

    @TempDir Path directory;
    private final BreakableDisk disk;
    private final ManualTicker ticker = new ManualTicker();
    private boolean modeIsStillThere = true;
    private FencingTokens tokens;
    private FilePromiseBook book;

    Lone(BreakableDisk disk) {
      this.disk = disk;
    }

    /** Its recovery is over: nothing is taken over any more. */
    @Test
    void takeOver_asLongAsItIsAllowed_aLookThatBeginsHasSomethingInTheWay() throws Exception {
      FencingToken before = grant();
      SealingPeers peers = start();
      assertThat(peers.takeOver(ALPHA, Operation.WRITE, before)).isEqualTo(TakeOver.ALLOWED);
      Peers.Look begun = peers.begin(ALPHA);
      ticker.advance(TTL);
      assertThat(begun.inTheWay())
          .as("it began when it was allowed")
          .isNotEqualTo(Elsewhere.NOTHING);
      assertThat(peers.begin(ALPHA).inTheWay()).isEqualTo(Elsewhere.NOTHING);
      assertThat(peers.takeOver(ALPHA, Operation.WRITE, before)).isEqualTo(TakeOver.UNKNOWN);
    }

    @Override
    protected SealingPeers start() throws Exception {
      PromiseBookContract.insist(
          () -> book = FilePromiseBook.open(directory, NEW, CLOCK, disk), () -> {});
      tokens = book.tokens(2, work -> {});
      LeaseClock clock = new LeaseClock(ticker, TTL.multipliedBy(2));
      LonePeers peers =
          new LonePeers(
              book,
              clock,
              ClockSlack.NONE,
              (name, since) -> modeIsStillThere && name.equals(ALPHA) && since.equals(SINCE));
      peers.recovery().begin();
      return peers;
    }

    @Override
    protected FencingToken grant() throws Exception {
      PromiseBookContract.insist(() -> book.promise(TTL), () -> {});
      FencingToken[] token = new FencingToken[1];
      PromiseBookContract.insist(() -> token[0] = tokens.take(0), () -> {});
      return token[0];
    }

    @Override
    protected Revision since() {
      return SINCE;
    }

    @Override
    protected void modeChanges() {
      modeIsStillThere = false;
    }

    /** A seal asks only for the mode, and leases are continued in recovery only. */
    @Override
    protected void nothingInTheWay() {}

    @Override
    protected void beforeTheNextWrite(Runnable what) {
      disk.before(Step.RENAME, what);
    }
  }
}
