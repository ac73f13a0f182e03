package io.datastored.promise;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.file.BreakableDisk;
import io.datastored.file.StoreException;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import io.datastored.operation.Operation;
import io.datastored.testkit.ManualTicker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may happen between the steps of a server that is alone. */
final class LonePeersTest {

  private static final DatastoreName ALPHA = DatastoreName.of("alpha");
  private static final Revision SINCE =
      new Revision(new Incarnation("0123456789abcdef"), new Generation(7));

  @TempDir private Path directory;

  private FencingTokens tokens;
  private FencingToken later;

  private LonePeers start(LonePeers.PresentMode present) throws StoreException {
    FilePromiseBook book =
        FilePromiseBook.open(
            directory,
            new PromiseBounds(Duration.ofMinutes(10), ClockSlack.NONE, EarlierLeases.NONE),
            InstantSource.system(),
            new BreakableDisk());
    book.promise(Duration.ofMinutes(1));
    tokens = book.tokens(2, work -> {});
    LonePeers peers =
        new LonePeers(
            book,
            new LeaseClock(new ManualTicker(), Duration.ofMinutes(2)),
            ClockSlack.NONE,
            present);
    peers.recovery().begin();
    return peers;
  }

  /** The mode is looked at | it is cleared, and a lease is granted | the floor is written. */
  @Test
  void raiseFloor_leaseIsGrantedAfterTheLookAtTheMode_staysAlive() throws Exception {
    LonePeers peers =
        start(
            (name, since) -> {
              later = tokens.take(0);
              return true;
            });
    FencingToken before = tokens.take(0);

    assertThat(peers.raiseFloor(ALPHA, MaintenanceMode.READ_ONLY, SINCE)).hasValue(before.value());

    LonePeers next = start((name, since) -> true);
    assertThat(next.takeOver(ALPHA, Operation.WRITE, before))
        .isEqualTo(SealingPeers.TakeOver.DRAINED);
    assertThat(next.takeOver(ALPHA, Operation.WRITE, later))
        .isEqualTo(SealingPeers.TakeOver.ALLOWED);
  }
}
