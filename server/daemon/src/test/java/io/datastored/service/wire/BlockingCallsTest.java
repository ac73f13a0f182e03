package io.datastored.service.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.daemon.GrpcCleanup;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.KeepAliveResponse;
import io.datastored.v1.SessionServiceGrpc;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class BlockingCallsTest {
  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();

  private final Queue<Runnable> pool = new ArrayDeque<>();
  private final AtomicInteger begun = new AtomicInteger();
  private SessionServiceGrpc.SessionServiceFutureStub calls;

  private final class Slow extends SessionServiceGrpc.SessionServiceImplBase {
    private final BlockingCalls blocking =
        new BlockingCalls(
            pool::add,
            () -> Refusal.of(com.google.rpc.Status.getDefaultInstance()),
            new UncaughtExceptions(() -> 1));

    @Override
    public void keepAlive(KeepAliveRequest request, StreamObserver<KeepAliveResponse> observer) {
      blocking.answer(
          observer,
          () -> {
            begun.incrementAndGet();
            return KeepAliveResponse.newBuilder().setLeases(7).build();
          });
    }
  }

  @BeforeEach
  void start() throws Exception {
    String name = InProcessServerBuilder.generateName();
    cleanup.register(
        InProcessServerBuilder.forName(name)
            .directExecutor()
            .addService(new Slow())
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
  void answer_cancelledBeforeItsTurn_isNotBegun() {
    calls.keepAlive(KeepAliveRequest.getDefaultInstance()).cancel(true);

    pool.remove().run();

    assertThat(begun).hasValue(0);
  }
}
