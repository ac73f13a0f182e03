package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.datastored.service.wire.TrustDomains;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.ListLeasesRequest;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.Operation;
import io.datastored.v1.SessionServiceGrpc;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Who a client is by its certificate, over real TLS. */
final class ClientCertificatesIT {
  /** On a machine that has much else to do. */
  private static final int LONGEST_HANDSHAKE_SECONDS = 30;

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  private TestAuthority authority;
  private Daemon daemon;

  @BeforeEach
  void found() throws Exception {
    authority = TestAuthority.named("ours");
    Files.writeString(directory.resolve("datastore.cfg"), "datastore: main\n\tpath /srv/main\n");
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  @Test
  void eachKindOfName_isThePrincipal() throws Exception {
    serve(TlsFiles.ClientCertificates.REQUIRE, TrustDomains.ANY);

    assertThat(principal(builder -> builder.subject("CN=backup, O=Acme"))).isEqualTo("cn:backup");
    assertThat(
            principal(
                builder ->
                    builder
                        .subject("CN=backup")
                        .addSanDnsName("One.example")
                        .addSanDnsName("two.example")))
        .isEqualTo("dns:one.example");
    assertThat(
            principal(
                builder ->
                    builder
                        .subject("CN=backup")
                        .addSanDnsName("one.example")
                        .addSanUriName(URI.create("spiffe://prod.example/backup"))))
        .isEqualTo("spiffe://prod.example/backup");
    assertThat(
            principal(
                builder ->
                    builder
                        .subject(new X500Principal(""))
                        .addSanUriName(URI.create("spiffe://prod.example/lab"))))
        .isEqualTo("spiffe://prod.example/lab");
    assertThat(principal(builder -> builder.subject(new X500Principal("")))).isEqualTo("anonymous");
  }

  @Test
  void request_withoutACertificate_isAnonymous() throws Exception {
    serve(TlsFiles.ClientCertificates.REQUEST, TrustDomains.ANY);

    assertThat(principal(channel(authority.client().build()))).isEqualTo("anonymous");
    assertThat(principal(builder -> builder.subject("CN=backup"))).isEqualTo("cn:backup");
  }

  @Test
  void request_withACertificateOfAnotherAuthority_isRefusedInTheHandshake() throws Exception {
    serve(TlsFiles.ClientCertificates.REQUEST, TrustDomains.ANY);
    X509Bundle stranger =
        TestAuthority.named("theirs").certify(builder -> builder.subject("CN=backup"));
    // A usual client would keep to itself what the server cannot verify; this one shows it.
    var insistent = new AdvancedTlsX509KeyManager();
    insistent.updateIdentityCredentials(
        stranger.getCertificatePath(), stranger.getKeyPair().getPrivate());

    StatusRuntimeException refused =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> principal(channel(authority.client().keyManager(insistent).build())));

    assertThat(refused.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
  }

  @Test
  void require_withAnExpiredCertificate_isRefusedInTheHandshake() throws Exception {
    serve(TlsFiles.ClientCertificates.REQUIRE, TrustDomains.ANY);

    StatusRuntimeException refused =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                principal(
                    builder ->
                        builder
                            .subject("CN=backup")
                            .notAfter(Instant.now().minus(Duration.ofHours(1)))));

    assertThat(refused.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
  }

  @Test
  void spiffeId_ofAnotherTrustDomain_isUnauthenticatedInEveryCall() throws Exception {
    serve(TlsFiles.ClientCertificates.REQUIRE, TrustDomains.only(List.of("prod.example")));
    ManagedChannel stranger =
        channel(
            client(
                builder ->
                    builder
                        .subject("CN=backup")
                        .addSanDnsName("one.example")
                        .addSanUriName(URI.create("spiffe://dev.example/a"))));

    assertThat(unauthenticated(() -> principal(stranger)))
        .isEqualTo(
            "the client's SPIFFE id spiffe://dev.example/a is of trust domain 'dev.example',"
                + " which this server does not accept");
    assertThat(unauthenticated(() -> watch(stranger).next())).contains("dev.example");
    // Health is everybody's.
    assertThat(
            HealthGrpc.newBlockingStub(stranger)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus())
        .isEqualTo(ServingStatus.SERVING);
    assertThat(
            principal(
                builder ->
                    builder
                        .subject("CN=backup")
                        .addSanUriName(URI.create("spiffe://prod.example/a"))))
        .isEqualTo("spiffe://prod.example/a");
  }

  @Test
  void spiffeIdBesideAnotherUri_isUnauthenticated() throws Exception {
    serve(TlsFiles.ClientCertificates.REQUIRE, TrustDomains.ANY);

    assertThat(
            unauthenticated(
                () ->
                    principal(
                        builder ->
                            builder
                                .subject("CN=backup")
                                .addSanUriName(URI.create("spiffe://prod.example/a"))
                                .addSanUriName(URI.create("https://prod.example/a")))))
        .contains("must be the only one");
  }

  @Test
  void certificateExpires_streamsEndAndCallsAreRefusedUntilTheConnectionCloses() throws Exception {
    serve(TlsFiles.ClientCertificates.REQUIRE, TrustDomains.ANY);
    Visitor visitor = visitUntilExpiry();
    ManagedChannel client = visitor.client();
    Iterator<WatchGenerationResponse> watch = visitor.watch();
    Instant end = visitor.end();

    assertThat(unauthenticated(watch::next)).contains("expired on").contains("connect again");
    assertThat(Instant.now()).isAfterOrEqualTo(end.minusSeconds(1)); // certificates have seconds
    assertThat(unauthenticated(() -> principal(client))).contains("expired on");
    // The connection is closed, so that a client with a renewed certificate uses it.
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(
                        catchThrowableOfType(StatusRuntimeException.class, () -> principal(client))
                            .getStatus()
                            .getCode())
                    .isEqualTo(Code.UNAVAILABLE));
  }

  private record Visitor(
      ManagedChannel client, Iterator<WatchGenerationResponse> watch, Instant end) {}

  /** Opens a watch with a certificate that expires soon, but not before the watch is open. */
  private Visitor visitUntilExpiry() throws Exception {
    for (int seconds = 4; ; seconds *= 2) {
      Instant end = Instant.now().plusSeconds(seconds);
      ManagedChannel client =
          channel(client(builder -> builder.subject("CN=backup").notAfter(end)));
      Iterator<WatchGenerationResponse> watch = watch(client);
      try {
        assertThat(watch.next().hasSnapshot()).isTrue();
        return new Visitor(client, watch, end);
      } catch (StatusRuntimeException e) {
        if (seconds > LONGEST_HANDSHAKE_SECONDS) {
          throw e;
        }
      }
    }
  }

  @Test
  void authorityIsRemoved_itsClientsCannotComeBack() throws Exception {
    serve(TlsFiles.ClientCertificates.REQUIRE, TrustDomains.ANY);
    ManagedChannel client = channel(client(builder -> builder.subject("CN=backup")));
    assertThat(principal(client)).isEqualTo("cn:backup");

    TestAuthority.named("theirs").file(directory);

    await()
        .untilAsserted(
            () -> {
              client.enterIdle();
              StatusRuntimeException refused =
                  catchThrowableOfType(StatusRuntimeException.class, () -> principal(client));
              assertThat(refused).isNotNull();
              assertThat(refused.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
            });
  }

  private void serve(TlsFiles.ClientCertificates rule, TrustDomains domains) throws Exception {
    // Leases tell who their holder is, anonymous or not.
    DaemonOptions.Builder options = new DaemonSite(directory).openOptions();
    options.tls =
        Optional.of(
            authority
                .server(directory)
                .withReload(Duration.ofMillis(50))
                .withClients(new TlsFiles.Clients(authority.file(directory), rule, domains)));
    daemon = Daemon.start(options.build());
  }

  private String principal(Consumer<CertificateBuilder> certificate) throws Exception {
    return principal(channel(client(certificate)));
  }

  private TlsChannelCredentials client(Consumer<CertificateBuilder> certificate) throws Exception {
    X509Bundle client = authority.certify(certificate);
    return (TlsChannelCredentials)
        authority
            .client()
            .keyManager(
                TestAuthority.pem(client.getCertificatePathPEM()),
                TestAuthority.pem(client.getPrivateKeyPEM()))
            .build();
  }

  /** Whose lease it is, if this client takes one. */
  private static String principal(ManagedChannel client) {
    String lease =
        DatastoreServiceGrpc.newBlockingStub(client)
            .lookup(
                LookupRequest.newBuilder()
                    .setDatastore("main")
                    .setOperation(Operation.OPERATION_READ)
                    .build())
            .getLease()
            .getLeaseId();
    return SessionServiceGrpc.newBlockingStub(client)
        .listLeases(ListLeasesRequest.getDefaultInstance())
        .getLeasesList()
        .stream()
        .filter(held -> held.getLease().getLeaseId().equals(lease))
        .findFirst()
        .orElseThrow()
        .getHolder()
        .getPrincipal();
  }

  private static Iterator<WatchGenerationResponse> watch(ManagedChannel client) {
    return DatastoreServiceGrpc.newBlockingStub(client)
        .watchGeneration(WatchGenerationRequest.getDefaultInstance());
  }

  /** The detail of the refusal of this call. */
  private static String unauthenticated(org.assertj.core.api.ThrowableAssert.ThrowingCallable call)
      throws InvalidProtocolBufferException {
    StatusRuntimeException refused = catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(refused.getStatus().getCode()).isEqualTo(Code.UNAUTHENTICATED);
    ErrorInfo info = StatusProto.fromThrowable(refused).getDetails(0).unpack(ErrorInfo.class);
    assertThat(info.getReason()).isEqualTo("UNAUTHENTICATED");
    String detail = info.getMetadataOrThrow("detail");
    assertThat(refused.getStatus().getDescription()).isEqualTo(detail);
    return detail;
  }

  private ManagedChannel channel(ChannelCredentials credentials) {
    int port = DaemonSite.port(daemon);
    return cleanup.register(NettyChannelBuilder.forAddress("127.0.0.1", port, credentials).build());
  }
}
