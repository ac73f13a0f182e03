package io.datastored.service.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.ListenableFuture;
import io.datastored.daemon.GrpcCleanup;
import io.datastored.v1.CloseSessionRequest;
import io.datastored.v1.CloseSessionResponse;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.KeepAliveResponse;
import io.datastored.v1.SessionServiceGrpc;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class BlockingCallsTest {
  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();

  private final Queue<Runnable> pool = new ArrayDeque<>();
  private final CallLimits limits = TestLimits.wide();
  private final AtomicInteger begun = new AtomicInteger();
  private final CompletableFuture<Supplier<CloseSessionResponse>> ready = new CompletableFuture<>();
  private Runnable meanwhile = () -> {};
  private long unreadWhenSent;
  private boolean isFull;
  private SessionServiceGrpc.SessionServiceFutureStub calls;

  private final class Slow extends SessionServiceGrpc.SessionServiceImplBase {
    private void submit(Runnable task) {
      if (isFull) {
        throw new RejectedExecutionException("full");
      }
      pool.add(task);
    }

    private final BlockingCalls blocking =
        new BlockingCalls(
            caller -> this::submit,
            limits,
            TestLimits.refusals(),
            new UncaughtExceptions(() -> 1),
            TestLimits.untimed());

    @Override
    public void keepAlive(KeepAliveRequest request, StreamObserver<KeepAliveResponse> observer) {
      blocking.answerLarge(
          observer,
          () -> {
            begun.incrementAndGet();
            meanwhile.run();
            return KeepAliveResponse.newBuilder()
                .setLeases(7)
                .addEndedLeaseIds("x".repeat(5_000))
                .build();
          });
    }

    @Override
    public void closeSession(
        CloseSessionRequest request, StreamObserver<CloseSessionResponse> observer) {
      blocking.answerLater(
          observer,
          () -> {
            begun.incrementAndGet();
            meanwhile.run();
            return ready;
          });
    }
  }

  /** Looks at what is taken when the answer is sent. */
  private final class Looks implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      return next.startCall(
          new SimpleForwardingServerCall<>(call) {
            @Override
            public void sendMessage(A message) {
              unreadWhenSent = limits.unread().taken();
              super.sendMessage(message);
            }
          },
          headers);
    }
  }

  @BeforeEach
  void start() throws Exception {
    String name = InProcessServerBuilder.generateName();
    cleanup.register(
        InProcessServerBuilder.forName(name)
            .directExecutor()
            .addService(new Slow())
            .intercept(new Looks())
            .build()
            .start());
    calls =
        SessionServiceGrpc.newFutureStub(
            cleanup.register(InProcessChannelBuilder.forName(name).directExecutor().build()));
  }

  @Test
  void answer_leavesTheTransportsThread() throws Exception {
    var answer = calls.keepAlive(KeepAliveRequest.getDefaultInstance());
    assertThat(begun).hasValue(0);

    pool.remove().run();

    assertThat(answer.get().getLeases()).isEqualTo(7);
  }

  @Test
  void answer_ofACallThatWasCancelledMeanwhile_takesNoRoom() {
    ListenableFuture<?>[] call = new ListenableFuture<?>[1];
    meanwhile = () -> call[0].cancel(true);
    call[0] = calls.keepAlive(KeepAliveRequest.getDefaultInstance());

    pool.remove().run();

    assertThat(limits.unread().taken()).isZero();
    assertThat(limits.onDisk().taken()).isZero();
  }

  @Test
  void answer_largeOne_takesRoomUntilItIsWithTheClient() throws Exception {
    var answer = calls.keepAlive(KeepAliveRequest.getDefaultInstance());
    assertThat(limits.onDisk().taken()).isEqualTo(1);

    pool.remove().run();

    assertThat(answer.get().getLeases()).isEqualTo(7);
    assertThat(unreadWhenSent).isGreaterThan(5_000);
    assertThat(limits.unread().taken()).isZero();
    assertThat(limits.onDisk().taken()).isZero();
  }

  /** In between it has no thread, and keeps its place, so that the second step surely gets one. */
  @Test
  void answerLater_waits_withoutAThread() throws Exception {
    var answer = calls.closeSession(CloseSessionRequest.getDefaultInstance());
    pool.remove().run();
    assertThat(begun).hasValue(1);
    assertThat(answer).isNotDone();
    assertThat(pool).isEmpty();
    assertThat(limits.onDisk().taken()).isEqualTo(1);

    ready.complete(() -> CloseSessionResponse.newBuilder().setClosed(true).build());

    assertThat(answer).as("whoever completes it is not blocked").isNotDone();
    pool.remove().run();
    assertThat(answer.get().getClosed()).isTrue();
    assertThat(limits.onDisk().taken()).isZero();
  }

  @Test
  void answerLater_needsNotWait_isOneStep() throws Exception {
    ready.complete(CloseSessionResponse::getDefaultInstance);
    var answer = calls.closeSession(CloseSessionRequest.getDefaultInstance());
    pool.remove().run();
    assertThat(answer.get().getClosed()).isFalse();
    assertThat(limits.onDisk().taken()).isZero();
  }

  @Test
  void answerLater_ofACallThatWasCancelledMeanwhile_givesItsPlaceBack() {
    var answer = calls.closeSession(CloseSessionRequest.getDefaultInstance());
    pool.remove().run();
    assertThat(answer.cancel(true)).isTrue();
    ready.complete(CloseSessionResponse::getDefaultInstance);
    pool.remove().run();
    assertThat(limits.onDisk().taken()).isZero();
  }

  @Test
  void answerLater_theWorkFails_saysSo() {
    meanwhile =
        () -> {
          throw new IllegalStateException("a bug");
        };
    var answer = calls.closeSession(CloseSessionRequest.getDefaultInstance());
    pool.remove().run();
    assertThat(answer).isDone();
    assertThat(limits.onDisk().taken()).isZero();
  }

  @Test
  void answerLater_noThreadIsLeft_saysThatTheChangeWasMade() {
    var answer = calls.closeSession(CloseSessionRequest.getDefaultInstance());
    pool.remove().run();
    isFull = true;
    ready.complete(CloseSessionResponse::getDefaultInstance);
    assertThatThrownBy(answer::get).hasMessageContaining("the change was made");
    assertThat(limits.onDisk().taken()).isZero();
  }

  @Test
  void answer_cancelledBeforeItsTurn_isNotBegun() {
    calls.keepAlive(KeepAliveRequest.getDefaultInstance()).cancel(true);

    pool.remove().run();

    assertThat(begun).hasValue(0);
  }
}
