package io.datastored.service.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import io.datastored.daemon.GrpcCleanup;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.ServerInterceptors;
import io.grpc.ServerTransportFilter;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.lang.reflect.Proxy;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Calls of a client whose certificate expires at the epoch. */
final class AuthenticationTest {
  private static final Instant BEFORE = Instant.EPOCH.minusMillis(1);

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();

  private volatile Instant now = BEFORE;
  private final Authentication authentication =
      new Authentication(
          () -> new Revision(new Incarnation("0123456789abcdef"), new Generation(42)), () -> now);
  private final Answering service = new Answering();

  /** Answers when the test says so, and knows whether its stream was cancelled. */
  private static final class Answering extends HealthGrpc.HealthImplBase {
    final CountDownLatch asked = new CountDownLatch(1);
    final CountDownLatch cancelled = new CountDownLatch(1);
    volatile StreamObserver<HealthCheckResponse> observer;

    @Override
    public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> observer) {
      this.observer = observer;
      asked.countDown();
    }

    @Override
    public void watch(HealthCheckRequest request, StreamObserver<HealthCheckResponse> observer) {
      var out = (ServerCallStreamObserver<HealthCheckResponse>) observer;
      out.setOnCancelHandler(cancelled::countDown);
      this.observer = observer;
      out.onNext(HealthCheckResponse.getDefaultInstance());
    }
  }

  @Test
  void expired_callsAreRefused() throws Exception {
    ManagedChannel client = client(new FakeCertificate("CN=backup", List.of()));
    now = Instant.EPOCH;

    assertUnauthenticated(() -> HealthGrpc.newBlockingStub(client).check(request()), "expired on");
    assertUnauthenticated(
        () -> HealthGrpc.newBlockingStub(client).watch(request()).next(), "1970-01-01T00:00:00Z");
  }

  @Test
  void expires_openStreamEndsAndItsHandlerLetsGo() throws Exception {
    ManagedChannel client = client(new FakeCertificate("CN=backup", List.of()));
    Iterator<HealthCheckResponse> watch = HealthGrpc.newBlockingStub(client).watch(request());
    watch.next();

    authentication.endExpired();
    service.observer.onNext(HealthCheckResponse.getDefaultInstance());
    assertThat(watch.next()).isNotNull(); // not yet

    now = Instant.EPOCH;
    authentication.endExpired();
    assertUnauthenticated(watch::next, "connect again");
    assertThat(service.cancelled.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void expires_unaryCallThatHasBegunIsAnswered() throws Exception {
    ManagedChannel client = client(new FakeCertificate("CN=backup", List.of()));
    ListenableFuture<HealthCheckResponse> answer =
        HealthGrpc.newFutureStub(client).check(request());
    assertThat(service.asked.await(20, TimeUnit.SECONDS)).isTrue();

    now = Instant.EPOCH;
    authentication.endExpired();
    service.observer.onNext(HealthCheckResponse.getDefaultInstance());
    service.observer.onCompleted();

    await().until(answer::isDone);
    assertThat(answer.get()).isEqualTo(HealthCheckResponse.getDefaultInstance());
  }

  @Test
  void noIdentity_isRefusedBeforeTheEndToo() throws Exception {
    ManagedChannel client =
        client(
            new FakeCertificate(
                "CN=backup", List.of(List.of(6, "spiffe://a/x"), List.of(6, "spiffe://b/y"))));

    assertUnauthenticated(() -> HealthGrpc.newBlockingStub(client).check(request()), "only one");
  }

  private static HealthCheckRequest request() {
    return HealthCheckRequest.getDefaultInstance();
  }

  private static void assertUnauthenticated(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String words) {
    assertThatThrownBy(call)
        .hasMessageContaining(words)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            refused -> {
              assertThat(refused.getStatus().getCode()).isEqualTo(Code.UNAUTHENTICATED);
              CaughtRefusal caught = CaughtRefusal.of(refused);
              assertThat(caught.reason()).isEqualTo("UNAUTHENTICATED");
              assertThat(caught.info().getMetadataMap()).containsKeys("detail", "generation");
            });
  }

  private ManagedChannel client(FakeCertificate shown) throws Exception {
    String name = InProcessServerBuilder.generateName();
    cleanup.register(
        InProcessServerBuilder.forName(name)
            .addTransportFilter(showing(shown))
            .addTransportFilter(Authentication.onConnections(TrustDomains.ANY))
            .addService(ServerInterceptors.intercept(service, authentication))
            .directExecutor()
            .build()
            .start());
    return cleanup.register(InProcessChannelBuilder.forName(name).directExecutor().build());
  }

  /** As after a TLS handshake in which the client has shown this certificate. */
  private static ServerTransportFilter showing(Certificate certificate) {
    SSLSession session =
        (SSLSession)
            Proxy.newProxyInstance(
                SSLSession.class.getClassLoader(),
                new Class<?>[] {SSLSession.class},
                (proxy, method, arguments) ->
                    method.getName().equals("getPeerCertificates")
                        ? new Certificate[] {certificate}
                        : null);
    return new ServerTransportFilter() {
      @Override
      public Attributes transportReady(Attributes connection) {
        return connection.toBuilder().set(Grpc.TRANSPORT_ATTR_SSL_SESSION, session).build();
      }
    };
  }
}
