package io.datastored.lease;

import static io.datastored.lease.LeaseFixture.ALPHA;
import static io.datastored.lease.LeaseFixture.ask;
import static io.datastored.lease.LeaseFixture.held;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.engine.Engine;
import io.datastored.lease.LeaseOutcome.Leased;
import io.datastored.lease.LeaseOutcome.Leased.How;
import io.datastored.operation.OperationCounts;
import io.datastored.promise.FencingToken;
import io.datastored.promise.FilePromiseBook;
import io.datastored.promise.PromisesOnDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The base path is part of what was promised, over restarts too. */
final class LeftPathsTest {

  /** A second name that is configured on the path which {@code alpha} has left. */
  private static final DatastoreName OTHER = DatastoreName.of("other");

  private static final Path OLD = Path.of("/srv/alpha");
  private static final OperationCounts NONE = new OperationCounts(0, 0);
  private static final OperationCounts ONE = new OperationCounts(0, 1);

  @TempDir Path directory;
  private LeaseFixture leases;

  @BeforeEach
  void open() throws Exception {
    leases = new LeaseFixture(directory, LeaseFixture.EXACT);
  }

  /** As the engine does it: told before, then served. */
  private void move(String to) throws Exception {
    leases.ledger.leaving(Map.of(ALPHA, pathNow()));
    serve(to);
  }

  private Path pathNow() {
    return leases.engine.snapshot().find(ALPHA).orElseThrow().basePath();
  }

  private void serve(String path) {
    leases.fixture.edit(
        "datastore: alpha\n\tpath " + path + "\n\ndatastore: other\n\tpath " + OLD + "\n");
  }

  private Engine restartAt(String path) throws Exception {
    leases = new LeaseFixture(directory, LeaseFixture.EXACT);
    leases.room.recovery().begin();
    serve(path);
    return leases.engine;
  }

  @Test
  void reclaim_grantedBeforeTheMove_countsOnTheOldPath() throws Exception {
    FencingToken token = leases.granted(ask("a")).lease().token();
    move("/srv/new");

    Engine engine = restartAt("/srv/new");
    Leased again = leases.granted(held("a", token));

    assertThat(again.how()).isEqualTo(How.RECLAIMED);
    assertThat(again.datastore().basePath()).isEqualTo(OLD);
    assertThat(engine.operations(OTHER)).as("what lies there now is not drained").isEqualTo(ONE);
    assertThat(engine.operations(ALPHA)).as("counted once").isEqualTo(ONE);
    assertThat(leases.granted(held("a", token)).how()).isEqualTo(How.RENEWED);
    assertThat(leases.release("a")).isTrue();
    assertThat(engine.operations(OTHER)).isEqualTo(NONE);
  }

  @Test
  void reclaim_overASecondRestart_stillCountsOnTheOldPath() throws Exception {
    FencingToken token = leases.granted(ask("a")).lease().token();
    move("/srv/new");
    restartAt("/srv/new");
    leases.granted(held("a", token));

    Engine engine = restartAt("/srv/new");
    leases.granted(held("a", token));

    assertThat(engine.operations(OTHER)).isEqualTo(ONE);
  }

  @Test
  void reclaim_grantedBetweenTwoMoves_countsWhereItWasGranted() throws Exception {
    FencingToken first = leases.granted(ask("a")).lease().token();
    move("/srv/second");
    leases.pass(Duration.ofSeconds(21));
    leases.granted(ask("a"));
    FencingToken second = leases.granted(ask("b")).lease().token();
    move("/srv/third");

    assertThat(leases.ledger.grounds(ALPHA, first)).containsExactly(Optional.of(OLD));
    assertThat(leases.ledger.grounds(ALPHA, second))
        .containsExactly(Optional.of(Path.of("/srv/second")));
    Engine engine = restartAt("/srv/third");
    leases.granted(held("b", second));
    assertThat(engine.operations(OTHER)).isEqualTo(NONE);
    leases.granted(held("a", first));
    assertThat(engine.operations(OTHER)).isEqualTo(ONE);
  }

  @Test
  void reclaim_grantedWhileTheMoveWasCommitted_countsOnBoth() throws Exception {
    leases.ledger.leaving(Map.of(ALPHA, OLD));
    FencingToken token = leases.granted(ask("a")).lease().token();
    serve("/srv/new");

    Engine engine = restartAt("/srv/new");
    // A client without a proof.
    assertThat(leases.table.ask(held("a", token))).isInstanceOf(Leased.class);

    assertThat(engine.operations(OTHER)).isEqualTo(ONE);
    assertThat(engine.operations(ALPHA)).isEqualTo(new OperationCounts(0, 2));
    assertThat(leases.release("a")).isTrue();
    assertThat(engine.operations(OTHER)).isEqualTo(NONE);
    assertThat(engine.operations(ALPHA)).isEqualTo(NONE);
  }

  @Test
  void reclaim_provenToBeGrantedBeforeTheMove_countsOnTheOldPathOnly() throws Exception {
    leases.ledger.leaving(Map.of(ALPHA, OLD));
    FencingToken token = leases.granted(ask("a")).lease().token();
    serve("/srv/new");

    Engine engine = restartAt("/srv/new");
    leases.granted(held("a", token));

    assertThat(engine.operations(OTHER)).isEqualTo(ONE);
    assertThat(engine.operations(ALPHA)).isEqualTo(ONE);
  }

  @Test
  void reclaim_grantedLongAfterTheMove_countsOnTheNewPathOnly() throws Exception {
    leases.granted(ask("keeps-it-noted"));
    move("/srv/new");
    leases.pass(Duration.ofSeconds(21));
    FencingToken token = leases.granted(ask("b")).lease().token();

    Engine engine = restartAt("/srv/new");
    leases.granted(held("b", token));

    assertThat(engine.operations(OTHER)).isEqualTo(NONE);
    assertThat(engine.operations(ALPHA)).isEqualTo(ONE);
  }

  @Test
  void reclaim_ofANameThatWasRemovedAndMadeAgain_countsOnTheOldPath() throws Exception {
    FencingToken token = leases.granted(ask("a")).lease().token();
    leases.ledger.leaving(Map.of(ALPHA, OLD));
    leases.fixture.edit("datastore: other\n\tpath " + OLD + "\n");

    Engine engine = restartAt("/srv/new");
    leases.granted(held("a", token));

    assertThat(engine.operations(OTHER)).isEqualTo(ONE);
  }

  @Test
  void leaving_beforeTheFirstGrantOfARun_isOfTheRunsBeforeOnly() throws Exception {
    FencingToken token = leases.granted(ask("a")).lease().token();
    FilePromiseBook ledger =
        FilePromiseBook.open(
            directory,
            LeaseFixture.EXACT.promises(),
            java.time.InstantSource.fixed(java.time.Instant.ofEpochSecond(1_800_000_000)),
            leases.disk);

    ledger.leaving(Map.of(ALPHA, OLD));

    assertThat(ledger.grounds(ALPHA, token)).containsExactly(Optional.of(OLD));
    assertThat(ledger.grounds(ALPHA, new FencingToken(ledger.firstToken())))
        .containsExactly(Optional.empty());
  }

  @Test
  void tend_nobodyIsOnItAnyMore_forgetsIt() throws Exception {
    leases.granted(ask("a"));
    move("/srv/new");
    for (int renewal = 0; renewal < 4; renewal++) {
      leases.pass(Duration.ofSeconds(30));
      leases.granted(ask("a"));
    }
    assertThat(leases.ledger.left()).as("somebody works there").hasSize(1);

    leases.release("a");
    leases.pass(Duration.ofSeconds(11));

    assertThat(leases.ledger.left()).isEmpty();
    assertThat(PromisesOnDisk.in(directory).left()).isEmpty();
  }

  @Test
  void leaving_nothingWasEverPromised_writesNothing() throws Exception {
    FilePromiseBook ledger =
        FilePromiseBook.open(
            java.nio.file.Files.createDirectory(directory.resolve("new")),
            LeaseFixture.EXACT.promises(),
            java.time.InstantSource.system(),
            leases.disk);
    ledger.leaving(Map.of(ALPHA, OLD));
    assertThat(ledger.left()).isEmpty();
  }
}
