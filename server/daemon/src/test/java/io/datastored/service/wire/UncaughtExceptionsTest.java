package io.datastored.service.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.base.Throwables;
import io.datastored.daemon.GrpcCleanup;
import io.datastored.testkit.LoggedLines;
import io.datastored.v1.CloseSessionRequest;
import io.datastored.v1.CloseSessionResponse;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.KeepAliveResponse;
import io.datastored.v1.SessionServiceGrpc;
import io.datastored.v1.SessionServiceGrpc.SessionServiceBlockingStub;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What handlers throw, on the transport's thread and on the pool. */
final class UncaughtExceptionsTest {
  private static final long ID = 0x0123_4567_89ab_cdefL;

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();

  private final UncaughtExceptions uncaught = new UncaughtExceptions(() -> ID);
  private Throwable thrown = new IllegalStateException("the secret of the house");
  private boolean poolIsFull;
  private boolean poolHasNoThreads;
  private SessionServiceBlockingStub calls;

  /** Throws on the transport's thread in one call, and on the pool in the other. */
  private final class Throwing extends SessionServiceGrpc.SessionServiceImplBase {
    Executor onPool =
        work -> {
          if (poolHasNoThreads) {
            throw new OutOfMemoryError("unable to create native thread");
          }
          if (poolIsFull) {
            throw new RejectedExecutionException();
          }
          work.run();
        };
    private final BlockingCalls blocking =
        new BlockingCalls(
            caller -> onPool,
            TestLimits.wide(),
            TestLimits.refusals(),
            uncaught,
            TestLimits.untimed());

    @Override
    public void keepAlive(KeepAliveRequest request, StreamObserver<KeepAliveResponse> observer) {
      throw raised();
    }

    @Override
    public void closeSession(
        CloseSessionRequest request, StreamObserver<CloseSessionResponse> observer) {
      blocking.answer(
          observer,
          () -> {
            throw raised();
          });
    }

    private RuntimeException raised() {
      Throwables.throwIfUnchecked(thrown);
      return new IllegalStateException(thrown);
    }
  }

  @BeforeEach
  void start() throws Exception {
    String name = InProcessServerBuilder.generateName();
    cleanup.register(
        InProcessServerBuilder.forName(name)
            .directExecutor()
            .addService(ServerInterceptors.intercept(new Throwing(), uncaught))
            .build()
            .start());
    calls =
        SessionServiceGrpc.newBlockingStub(
            cleanup.register(InProcessChannelBuilder.forName(name).directExecutor().build()));
  }

  @Test
  void bug_onTheTransportsThread_isInternalWithAnIdAndNothingElse() {
    assertBug(
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> calls.keepAlive(KeepAliveRequest.getDefaultInstance())));
  }

  @Test
  void bug_onThePool_isInternalWithAnIdAndNothingElse() {
    assertBug(
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> calls.closeSession(CloseSessionRequest.getDefaultInstance())));
  }

  @Test
  void error_onTheTransportsThreadOrOnThePool_isInternalAndLoggedOnce() {
    thrown = new StackOverflowError("the secret of the house");
    try (LoggedLines log = LoggedLines.of(UncaughtExceptions.class)) {
      bug_onTheTransportsThread_isInternalWithAnIdAndNothingElse();
      assertThat(log.lines())
          .containsExactly("a call failed with an internal error id=0123456789abcdef");
      bug_onThePool_isInternalWithAnIdAndNothingElse();
      assertThat(log.lines()).hasSize(2);
    }
  }

  @Test
  void pool_cannotHaveAThread_isInternalAndTheConnectionLives() {
    poolHasNoThreads = true;
    bug_onThePool_isInternalWithAnIdAndNothingElse();
    poolHasNoThreads = false;
    bug_onThePool_isInternalWithAnIdAndNothingElse();
  }

  @Test
  void refusal_thrown_isTheAnswer() {
    thrown = Status.ABORTED.withDescription("as said").asRuntimeException();

    assertThat(
            catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> calls.keepAlive(KeepAliveRequest.getDefaultInstance()))
                .getStatus())
        .hasToString(Status.ABORTED.withDescription("as said").toString());
  }

  @Test
  void pool_full_isUnavailableAndTheConnectionLives() {
    poolIsFull = true;

    for (int i = 0; i < 3; i++) {
      assertThat(
              catchThrowableOfType(
                      StatusRuntimeException.class,
                      () -> calls.closeSession(CloseSessionRequest.getDefaultInstance()))
                  .getStatus()
                  .getCode())
          .isEqualTo(Code.UNAVAILABLE);
    }
  }

  private static void assertBug(StatusRuntimeException caught) {
    assertThat(caught.getStatus().getCode()).isEqualTo(Code.INTERNAL);
    assertThat(caught.getStatus().getDescription())
        .contains("0123456789abcdef")
        .doesNotContain("secret", "IllegalState", "at io.");
    assertThat(String.valueOf(caught.getTrailers())).doesNotContain("secret");
  }
}
