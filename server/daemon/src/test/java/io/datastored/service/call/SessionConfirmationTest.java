package io.datastored.service.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.base.Ticker;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.datastored.access.Access;
import io.datastored.access.AuditTrail;
import io.datastored.access.Rules;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.daemon.GrpcCleanup;
import io.datastored.drain.Drains;
import io.datastored.engine.EngineFixture;
import io.datastored.file.DiskSteps;
import io.datastored.lease.LeaseGround;
import io.datastored.lease.LeaseOptions;
import io.datastored.lease.Leases;
import io.datastored.promise.Authority;
import io.datastored.promise.Confirmation;
import io.datastored.promise.EarlierLeases;
import io.datastored.promise.FilePromiseBook;
import io.datastored.service.wire.BlockingCalls;
import io.datastored.service.wire.Caller;
import io.datastored.service.wire.ProtoDatastores;
import io.datastored.service.wire.Refusals;
import io.datastored.service.wire.TestLimits;
import io.datastored.service.wire.UncaughtExceptions;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.KeepAliveResponse;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.OpenSessionResponse;
import io.datastored.v1.Revision;
import io.datastored.v1.SessionServiceGrpc;
import io.datastored.v1.SessionServiceGrpc.SessionServiceFutureStub;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a client concludes from OpenSession and KeepAlive contains what others have committed. */
final class SessionConfirmationTest {

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  private final EngineFixture fixture = EngineFixture.with("datastore: alpha\n\tpath /srv/a\n");
  private CompletableFuture<Void> confirmed = Confirmation.LONE.confirm();
  private Leases room;
  private SessionServiceFutureStub sessions;

  @BeforeEach
  void serve() throws Exception {
    LeaseOptions options = LeaseOptions.of(chosen -> chosen.earlierLeases = EarlierLeases.NONE);
    room =
        new Leases(
            fixture.engine(),
            LeaseGround.alone(
                FilePromiseBook.open(
                    directory, options.promises(), InstantSource.system(), DiskSteps.REAL),
                Authority.LONE),
            options,
            Ticker.systemTicker(),
            new SplittableRandom(1),
            AuditTrail.NONE,
            Runnable::run);
    Refusals refusals =
        new Refusals(
            () -> fixture.engine().snapshot().revision(),
            fixture.clock(),
            new SplittableRandom(2),
            new AuditLog(AuditTrail.NONE));
    UncaughtExceptions uncaught = new UncaughtExceptions(() -> 1);
    SessionCalls calls =
        new SessionCalls(
            fixture.engine(),
            room,
            () -> confirmed,
            "",
            new Drains(fixture.engine(), room, room.peers()),
            ended -> {},
            new BlockingCalls(
                caller -> MoreExecutors.directExecutor(),
                TestLimits.wide(),
                refusals,
                uncaught,
                TestLimits.untimed()),
            refusals);
    String name = InProcessServerBuilder.generateName();
    cleanup.register(
        InProcessServerBuilder.forName(name)
            .directExecutor()
            .addService(calls)
            .intercept(Caller.interceptor(Access.by(Rules.open())))
            .intercept(uncaught)
            .build()
            .start());
    sessions =
        SessionServiceGrpc.newFutureStub(
            cleanup.register(InProcessChannelBuilder.forName(name).directExecutor().build()));
  }

  private ListenableFuture<OpenSessionResponse> open() {
    return sessions.openSession(OpenSessionRequest.newBuilder().setSessionId("s").build());
  }

  private ListenableFuture<KeepAliveResponse> keepAlive() {
    return sessions.keepAlive(KeepAliveRequest.newBuilder().setSessionId("s").build());
  }

  /** As the follower of another server's commit does. */
  private Revision committedElsewhere() throws Exception {
    fixture.setMode(new DatastoreName("alpha"), MaintenanceMode.OFFLINE);
    return ProtoDatastores.revision(fixture.engine().snapshot().revision());
  }

  private static <A> A answer(ListenableFuture<A> call) throws Exception {
    return call.get(1, TimeUnit.MINUTES);
  }

  private static StatusRuntimeException failure(ListenableFuture<?> call) {
    ExecutionException failed =
        catchThrowableOfType(ExecutionException.class, () -> call.get(1, TimeUnit.MINUTES));
    return (StatusRuntimeException) failed.getCause();
  }

  @Test
  void alone_isAnsweredAtOnce() throws Exception {
    assertThat(open().isDone()).isTrue();
    assertThat(keepAlive().isDone()).isTrue();
    assertThat(Confirmation.LONE.confirm()).isSameAs(Confirmation.LONE.confirm());
  }

  @Test
  void open_isAnsweredAfterTheConfirmation_withWhatWasServedThen() throws Exception {
    confirmed = new CompletableFuture<>();
    ListenableFuture<OpenSessionResponse> answer = open();
    assertThat(answer.isDone()).isFalse();
    assertThat(room.sessions().live()).as("nothing is promised yet").isZero();
    Revision newest = committedElsewhere();
    confirmed.complete(null);
    assertThat(answer(answer).getRevision()).isEqualTo(newest);
  }

  @Test
  void keepAlive_isAnsweredAfterTheConfirmation_withWhatWasServedThen() throws Exception {
    answer(open());
    confirmed = new CompletableFuture<>();
    ListenableFuture<KeepAliveResponse> answer = keepAlive();
    assertThat(answer.isDone()).isFalse();
    Revision newest = committedElsewhere();
    confirmed.complete(null);
    assertThat(answer(answer).getRevision()).isEqualTo(newest);
  }

  @Test
  void cannotBeConfirmed_isNotReady_andNothingIsPromised() throws Exception {
    confirmed = CompletableFuture.failedFuture(new IllegalStateException("the store is away"));
    StatusRuntimeException refused = failure(open());
    assertThat(refused.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(refused.getStatus().getDescription()).contains("store does not answer");
    assertThat(room.sessions().live()).isZero();

    confirmed = Confirmation.LONE.confirm();
    answer(open());
    confirmed = new CompletableFuture<>();
    ListenableFuture<KeepAliveResponse> waiting = keepAlive();
    confirmed.completeExceptionally(new IllegalStateException("the store is away"));
    assertThat(failure(waiting).getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
  }

  @Test
  void cancelledWhileItWaits_opensNothing() {
    confirmed = new CompletableFuture<>();
    ListenableFuture<OpenSessionResponse> answer = open();
    assertThat(answer.cancel(true)).isTrue();
    confirmed.complete(null);
    assertThat(room.sessions().live()).isZero();
  }
}
