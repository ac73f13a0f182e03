package io.datastored.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.cli.flag.OnLost;
import io.datastored.cli.view.ServerAddress;
import io.datastored.client.ClientSources;
import io.datastored.client.ClientThreads;
import io.datastored.client.Operation;
import io.datastored.client.fake.FakeDatastored;
import io.datastored.client.fake.ManualTime;
import io.datastored.v1.LookupRequest;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A ttl of nine seconds: renewals after three, the child is told to end after six. Everything of
 * it, the client library too, lives by one time that the test moves.
 */
final class GuardedRunTest {

  private static final Duration TTL = Duration.ofSeconds(9);

  private final ManualTime time = new ManualTime();
  @AutoClose private final FakeDatastored server = FakeDatastored.inProcess(time, time);
  private final StringWriter err = new StringWriter();
  private CommandLease lease;

  @BeforeEach
  void take() {
    server.put("main");
    var ids = new AtomicInteger();
    io.datastored.client.ClientOptions.Builder options =
        server
            .options()
            .withoutNearCache()
            .ttl(TTL)
            // Longer than the answers that tests hold back: none is asked for again.
            .times(times -> times.withAttempt(Duration.ofSeconds(5)))
            .threads(ClientThreads.of(time, time))
            .sources(
                new ClientSources(time, time, new Random(1), () -> "id-" + ids.incrementAndGet()));
    CompletableFuture<CommandLease> taken =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return CommandLease.take(
                    ServerAddress.parse("127.0.0.1:7400"), options, "main", Operation.WRITE, "");
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    while (!taken.isDone()) {
      time.run();
      Thread.onSpinWait();
    }
    lease = taken.join();
    time.run();
  }

  private GuardedRun.Ending run(FakeChild child, OnLost onLost) throws InterruptedException {
    return new GuardedRun(lease, child, onLost, new PrintWriter(err), time).run();
  }

  private FakeChild child(int lifeInSeconds) {
    return new FakeChild(time, Duration.ofSeconds(lifeInSeconds));
  }

  private static Duration seconds(double number) {
    return Duration.ofMillis((long) (number * 1000));
  }

  @Test
  void run_renewsAtEachThirdOfTheTtl_andSaysNothing() throws Exception {
    long before = server.calls("KeepAlive");
    FakeChild child = child(10);
    assertThat(run(child, OnLost.TERM)).isEqualTo(GuardedRun.Ending.KEPT);
    assertThat(server.calls("KeepAlive") - before).isEqualTo(3);
    assertThat(child.told).isEmpty();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void run_withAServerThatStaysSilent_asksTheChildToEnd_wellBeforeThePromiseEnds()
      throws Exception {
    server.goDown();
    FakeChild child = child(1000).cleaningUpFor(Duration.ofSeconds(2));
    assertThat(run(child, OnLost.TERM)).isEqualTo(GuardedRun.Ending.LOST);
    assertThat(child.told).containsExactly("terminate at 6s");
    assertThat(err.toString())
        .contains("The lease is not renewed: No server answers", "The command has 2.9s more.")
        .contains("LEASE LOST: no answer from the server for 6s, and the lease may expire in 3s");
  }

  /**
   * The clock that measures a lease stands still while a machine sleeps, and so do all timers. When
   * it wakes up the lease is over, and somebody else may have been let in: there is no time left
   * for a child to clean up in.
   */
  @Test
  void run_onAMachineThatSlept_killsTheChild_atTheNextLook() throws Exception {
    FakeChild child =
        child(1000)
            .cleaningUpFor(Duration.ofSeconds(100))
            .at(seconds(4.05), () -> time.moveWallClock(Duration.ofSeconds(60)));
    assertThat(run(child, OnLost.TERM)).isEqualTo(GuardedRun.Ending.LOST);
    assertThat(child.told).containsExactly("terminate at 4.1s", "kill at 4.1s");
    assertThat(err.toString())
        .contains("LEASE LOST: this machine was suspended, and the lease may have expired");
    assertThat(lease.left()).isZero();
  }

  @Test
  void run_whoseChildEndsRightAfterASleep_isLostAllTheSame() throws Exception {
    FakeChild child = child(4).at(seconds(3.95), () -> time.moveWallClock(Duration.ofSeconds(60)));
    assertThat(run(child, OnLost.TERM)).isEqualTo(GuardedRun.Ending.LOST);
    assertThat(child.told).isEmpty();
    assertThat(err.toString()).contains("LEASE LOST: this machine was suspended");
  }

  /** Shorter than what the server grants beyond the ttl: nobody can have been let in. */
  @Test
  void run_onAMachineThatNodded_goesOn() throws Exception {
    FakeChild child = child(10).at(seconds(4), () -> time.moveWallClock(Duration.ofMillis(300)));
    assertThat(run(child, OnLost.TERM)).isEqualTo(GuardedRun.Ending.KEPT);
    assertThat(child.told).isEmpty();
  }

  /** This process was not run for a while, and finds less time than it wants to leave. */
  @Test
  void run_thatLooksLate_tellsHowMuchTimeThereIs() throws Exception {
    FakeChild child =
        child(1000)
            .at(seconds(2), server::goDown)
            .at(seconds(3), () -> time.stall(Duration.ofSeconds(4)));
    run(child, OnLost.TERM);
    assertThat(err.toString())
        .contains("no answer from the server for 7s, and the lease may expire in 2s")
        .doesNotContain("-");
  }

  @Test
  void run_thatWasNotRunForLong_saysThatTheLeaseMayHaveEnded() throws Exception {
    FakeChild child =
        child(1000)
            .cleaningUpFor(Duration.ofSeconds(100))
            .at(seconds(2), server::goDown)
            .at(seconds(3), () -> time.stall(Duration.ofSeconds(60)));
    assertThat(run(child, OnLost.TERM)).isEqualTo(GuardedRun.Ending.LOST);
    assertThat(child.told).containsExactly("terminate at 63s", "kill at 63s");
    assertThat(err.toString())
        .contains("no answer from the server for 9s or longer, and the lease may have expired")
        .doesNotContain("-");
  }

  @Test
  void run_ofAChildThatDoesNotEnd_killsIt_beforeThePromiseEnds() throws Exception {
    server.goDown();
    FakeChild child = child(1000).cleaningUpFor(Duration.ofSeconds(100));
    assertThat(run(child, OnLost.TERM)).isEqualTo(GuardedRun.Ending.LOST);
    assertThat(child.told).containsExactly("terminate at 6s", "kill at 8.9s");
  }

  @Test
  void run_withWarn_letsTheChildGoOn_andIsLostAllTheSame() throws Exception {
    server.goDown();
    FakeChild child = child(100);
    assertThat(run(child, OnLost.WARN)).isEqualTo(GuardedRun.Ending.LOST);
    assertThat(child.told).isEmpty();
    assertThat(child.elapsed()).isEqualTo(Duration.ofSeconds(100));
    assertThat(err.toString()).contains("The command continues without it");
  }

  @Test
  void run_whoseLeaseIsEndedByForce_asksTheChildToEnd_atOnce() throws Exception {
    FakeChild child =
        child(1000)
            .cleaningUpFor(Duration.ofSeconds(100))
            .at(seconds(2), () -> server.force("main"));
    assertThat(run(child, OnLost.TERM)).isEqualTo(GuardedRun.Ending.LOST);
    assertThat(child.told)
        .as("the answer that told of the end promised nothing more")
        .containsExactly("terminate at 3s", "kill at 8.9s");
    assertThat(err.toString()).contains("LEASE LOST: The server revoked the lease.");
  }

  @Test
  void run_overAShortOutage_goesOn() throws Exception {
    FakeChild child = child(10).at(seconds(2), server::goDown).at(seconds(4), server::comeUp);
    assertThat(run(child, OnLost.TERM)).isEqualTo(GuardedRun.Ending.KEPT);
    assertThat(child.told).isEmpty();
    assertThat(err.toString())
        .contains("The lease is not renewed")
        .contains("The server answers again; the lease is still held.");
  }

  @Test
  void run_overARestart_continuesTheLeaseWithItsToken() throws Exception {
    List<String> sessions = server.sessions();
    FakeChild child = child(10).at(seconds(2), server::restart);
    assertThat(run(child, OnLost.TERM)).isEqualTo(GuardedRun.Ending.KEPT);
    assertThat(server.sessions()).isEqualTo(sessions);
    LookupRequest again = server.lookups().get(1);
    assertThat(again.getLeaseId()).isEqualTo(lease.handle().leaseId().orElseThrow());
    assertThat(again.getHeldFencingToken()).isEqualTo(lease.handle().fencingToken().orElseThrow());
    assertThat(err.toString()).contains("The server was restarted; the lease continues.");
  }

  @Test
  void run_ofASessionThatTheServerHasEnded_isLost() throws Exception {
    FakeChild child = child(1000).at(seconds(2), server::expireSessions);
    assertThat(run(child, OnLost.TERM)).isEqualTo(GuardedRun.Ending.LOST);
    assertThat(child.told).hasSize(1);
    assertThat(child.elapsed()).isLessThanOrEqualTo(seconds(3.1));
    assertThat(err.toString()).contains("The server no longer knows the session.");
  }

  @Test
  void run_ofASessionThatIsKnownAgain_countsOnlyWhatWasReclaimed() throws Exception {
    FakeChild child =
        child(1000)
            .at(
                seconds(0.05),
                () -> {
                  server.restart();
                  server.holdNextAnswer("Lookup");
                });
    assertThat(run(child, OnLost.TERM)).isEqualTo(GuardedRun.Ending.LOST);
    assertThat(server.calls("OpenSession")).as("the session was opened again").isGreaterThan(1);
    assertThat(child.told)
        .as("by the promise of before the restart")
        .containsExactly("terminate at 6s");
  }

  @Test
  void run_countsThePromise_fromTheSendingOfTheRequest() throws Exception {
    server.holdNextAnswer("KeepAlive");
    FakeChild child =
        child(1000)
            .at(
                seconds(5),
                () -> {
                  server.letGo();
                  server.goDown();
                });
    assertThat(run(child, OnLost.TERM)).isEqualTo(GuardedRun.Ending.LOST);
    assertThat(child.told)
        .as("six seconds after the renewal was sent, which was at three")
        .containsExactly("terminate at 9s");
  }

  @Test
  void run_whoseLeaseIsNotCountedAnyMore_asksForItOnce_andThenIsLost() throws Exception {
    FakeChild child = child(1000).at(seconds(2), () -> server.forgetLeases("main"));
    assertThat(run(child, OnLost.TERM)).isEqualTo(GuardedRun.Ending.LOST);
    assertThat(child.told).containsExactly("terminate at 3s");
    assertThat(server.lookups()).hasSize(2);
  }
}
