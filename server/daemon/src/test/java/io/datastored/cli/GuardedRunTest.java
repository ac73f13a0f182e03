package io.datastored.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import io.datastored.v1.KeepAliveResponse;
import io.datastored.v1.Lease;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.OpenSessionRequest;
import io.grpc.InsecureChannelCredentials;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A ttl of nine seconds: renewals after three, the child is told to end after six. */
final class GuardedRunTest {

  private static final Duration TTL = Duration.ofSeconds(9);

  @AutoClose private ScriptedServer server;
  @AutoClose private Connection connection;
  private final ManualClock clock = new ManualClock();
  private final StringWriter err = new StringWriter();
  private SessionLease tenancy;

  @BeforeEach
  void start() throws Exception {
    server = new ScriptedServer();
    server.onLookup(
        request ->
            LookupResponse.newBuilder()
                .setLease(Lease.newBuilder().setLeaseId(request.getLeaseId()).setFencingToken(42))
                .build());
    server.sessions.onKeepAlive(request -> alive());
    connection =
        Connection.open(
            ServerAddress.parse(server.address()),
            InsecureChannelCredentials.create(),
            Duration.ofSeconds(10));
    tenancy =
        new SessionLease(
            connection,
            clock,
            OpenSessionRequest.newBuilder()
                .setSessionId("s")
                .setTtl(Durations.fromNanos(TTL.toNanos()))
                .build(),
            LookupRequest.newBuilder().setDatastore("main").setLeaseId("l").build());
    tenancy.begin();
  }

  private static KeepAliveResponse alive() {
    return KeepAliveResponse.newBuilder()
        .setTtl(Durations.fromNanos(TTL.toNanos()))
        .setLeases(1)
        .build();
  }

  private static StatusRuntimeException unknownSession(boolean recovering) {
    return ScriptedServer.refusal(
        Status.Code.NOT_FOUND,
        "SESSION_NOT_FOUND",
        Map.of("recovering", Boolean.toString(recovering)));
  }

  private GuardedRun.Ending run(FakeChild child, OnLost onLost) throws InterruptedException {
    return new GuardedRun(tenancy, child, onLost, new PrintWriter(err)).run();
  }

  private FakeChild child(int lifeInSeconds) {
    return new FakeChild(clock, Duration.ofSeconds(lifeInSeconds));
  }

  @Test
  void run_renewsAtEachThirdOfTheTtl_andSaysNothing() throws Exception {
    FakeChild child = child(10);
    assertThat(run(child, OnLost.TERM)).isEqualTo(GuardedRun.Ending.KEPT);
    assertThat(server.sessions.keepAlives).hasSize(3);
    assertThat(child.told).isEmpty();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void run_withAServerThatStaysSilent_asksTheChildToEnd_wellBeforeThePromiseEnds()
      throws Exception {
    server.sessions.onKeepAlive(
        request -> {
          throw Status.UNAVAILABLE.asRuntimeException();
        });
    FakeChild child = child(1000).cleaningUpFor(Duration.ofSeconds(2));
    assertThat(run(child, OnLost.TERM)).isEqualTo(GuardedRun.Ending.LOST);
    assertThat(child.told).containsExactly("terminate at 6s");
    assertThat(err.toString())
        .contains("The lease is not renewed", "The command has 3s more.")
        .contains("LEASE LOST: no answer from the server for 6s, and the lease may expire in 3s");
  }

  /** The answer has taken all the time there was, and then some. */
  @Test
  void run_thatLearnsTooLate_tellsNoTimeBelowZero() throws Exception {
    server.sessions.onKeepAlive(
        request -> {
          clock.advance(Duration.ofSeconds(4));
          throw Status.UNAVAILABLE.asRuntimeException();
        });
    run(child(1000), OnLost.TERM);
    assertThat(err.toString())
        .contains("The command has 0s more.")
        .contains("no answer from the server for 7s, and the lease may expire in 2s")
        .doesNotContain("-");
  }

  @Test
  void run_thatWasNotRunForLong_saysThatTheLeaseMayHaveEnded() throws Exception {
    server.sessions.onKeepAlive(
        request -> {
          clock.advance(Duration.ofSeconds(60));
          throw Status.UNAVAILABLE.asRuntimeException();
        });
    FakeChild child = child(1000).cleaningUpFor(Duration.ofSeconds(100));
    assertThat(run(child, OnLost.TERM)).isEqualTo(GuardedRun.Ending.LOST);
    assertThat(child.told).containsExactly("terminate at 63s", "kill at 63s");
    assertThat(err.toString())
        .contains("no answer from the server for 63s, and the lease may have expired")
        .doesNotContain("-");
  }

  @Test
  void run_ofAChildThatDoesNotEnd_killsIt_beforeThePromiseEnds() throws Exception {
    server.sessions.onKeepAlive(
        request -> {
          throw Status.UNAVAILABLE.asRuntimeException();
        });
    FakeChild child = child(1000).cleaningUpFor(Duration.ofSeconds(100));
    assertThat(run(child, OnLost.TERM)).isEqualTo(GuardedRun.Ending.LOST);
    assertThat(child.told).containsExactly("terminate at 6s", "kill at 8.9s");
  }

  @Test
  void run_withWarn_letsTheChildGoOn_andIsLostAllTheSame() throws Exception {
    server.sessions.onKeepAlive(
        request -> {
          throw Status.UNAVAILABLE.asRuntimeException();
        });
    FakeChild child = child(100);
    assertThat(run(child, OnLost.WARN)).isEqualTo(GuardedRun.Ending.LOST);
    assertThat(child.told).isEmpty();
    assertThat(clock.elapsed()).isEqualTo(Duration.ofSeconds(100));
    assertThat(err.toString()).contains("The command continues without it");
  }

  @Test
  void run_whoseLeaseIsEndedByForce_asksTheChildToEnd_atOnce() throws Exception {
    server.sessions.onKeepAlive(
        request -> alive().toBuilder().clearLeases().addEndedLeaseIds("l").build());
    FakeChild child = child(1000).cleaningUpFor(Duration.ofSeconds(100));
    assertThat(run(child, OnLost.TERM)).isEqualTo(GuardedRun.Ending.LOST);
    assertThat(child.told)
        .as("the answer that told of the end promised nothing more")
        .containsExactly("terminate at 3s", "kill at 8.9s");
    assertThat(err.toString()).contains("revoked the lease");
  }

  @Test
  void run_overAShortOutage_goesOn() throws Exception {
    server.sessions.onKeepAlive(
        request -> {
          if (server.sessions.keepAlives.size() < 5) {
            throw Status.UNAVAILABLE.asRuntimeException();
          }
          return alive();
        });
    FakeChild child = child(10);
    assertThat(run(child, OnLost.TERM)).isEqualTo(GuardedRun.Ending.KEPT);
    assertThat(child.told).isEmpty();
    assertThat(err.toString()).contains("The server answers again; the lease is still held.");
  }

  @Test
  void run_overARestart_opensTheSameSession_andContinuesTheLeaseWithItsToken() throws Exception {
    server.sessions.onKeepAlive(
        request -> {
          if (server.sessions.keepAlives.size() == 1) {
            throw unknownSession(true);
          }
          return alive();
        });
    FakeChild child = child(10);
    assertThat(run(child, OnLost.TERM)).isEqualTo(GuardedRun.Ending.KEPT);
    assertThat(server.sessions.opens).hasSize(2);
    assertThat(server.sessions.opens.get(1)).isEqualTo(server.sessions.opens.get(0));
    assertThat(server.lookups.get(1).getLeaseId()).isEqualTo("l");
    assertThat(server.lookups.get(1).getHeldFencingToken()).isEqualTo(42);
    assertThat(err.toString()).contains("The server was restarted; the lease continues.");
  }

  @Test
  void run_overARestart_thatIsTooLongAgo_isLost() throws Exception {
    server.sessions.onKeepAlive(
        request -> {
          throw unknownSession(false);
        });
    server.onLookup(
        request -> {
          throw ScriptedServer.refusal(
              Status.Code.ABORTED, "LEASE_ENDED", Map.of("lease_id", "l", "cause", "expired"));
        });
    FakeChild child = child(1000);
    assertThat(run(child, OnLost.TERM)).isEqualTo(GuardedRun.Ending.LOST);
    assertThat(child.told).containsExactly("terminate at 3.2s");
  }

  @Test
  void run_ofASessionThatIsKnownAgain_countsOnlyWhatWasReclaimed() throws Exception {
    server.sessions.onKeepAlive(
        request -> {
          throw unknownSession(true);
        });
    server.onLookup(
        request -> {
          throw Status.UNAVAILABLE.asRuntimeException();
        });
    FakeChild child = child(1000);
    assertThat(run(child, OnLost.TERM)).isEqualTo(GuardedRun.Ending.LOST);
    assertThat(server.sessions.opens).as("the session was opened again").hasSizeGreaterThan(2);
    assertThat(child.told)
        .as("by the promise of before the restart")
        .containsExactly("terminate at 6s");
  }

  @Test
  void run_countsThePromise_fromTheSendingOfTheRequest() throws Exception {
    server.sessions.onKeepAlive(
        request -> {
          if (server.sessions.keepAlives.size() > 1) {
            throw Status.UNAVAILABLE.asRuntimeException();
          }
          clock.advance(Duration.ofSeconds(2)); // The answer takes its time.
          return alive();
        });
    FakeChild child = child(1000);
    assertThat(run(child, OnLost.TERM)).isEqualTo(GuardedRun.Ending.LOST);
    assertThat(child.told)
        .as("six seconds after the renewal was sent, which was at three")
        .containsExactly("terminate at 9s");
  }

  @Test
  void run_whoseLeaseIsNotCountedAnyMore_asksForItOnce_andThenIsLost() throws Exception {
    server.sessions.onKeepAlive(request -> alive().toBuilder().clearLeases().build());
    server.onLookup(
        request -> {
          throw ScriptedServer.refusal(
              Status.Code.ABORTED, "LEASE_ENDED", Map.of("lease_id", "l", "cause", "released"));
        });
    assertThat(run(child(1000), OnLost.TERM)).isEqualTo(GuardedRun.Ending.LOST);
  }

  @Test
  void end_givesBackTheLease_andClosesTheSession() {
    assertThat(tenancy.end()).isTrue();
    assertThat(server.releases).hasSize(1);
    assertThat(server.sessions.closes).hasSize(1);
  }
}
