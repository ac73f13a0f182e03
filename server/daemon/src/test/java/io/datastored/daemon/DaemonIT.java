package io.datastored.daemon;

import static io.datastored.daemon.DaemonSite.lookup;
import static io.datastored.daemon.DaemonSite.port;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.Holder;
import io.datastored.v1.ListLeasesRequest;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.Operation;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.SessionServiceGrpc;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.StatusRequest;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.grpc.testing.TlsTesting;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The whole server over real sockets of this host. */
final class DaemonIT {
  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  private final List<Daemon> daemons = new CopyOnWriteArrayList<>();

  private DaemonSite site() {
    return new DaemonSite(directory);
  }

  @BeforeEach
  void writeConfig() throws IOException {
    site().write("datastore: main\n\tpath /srv/main\n");
  }

  @AfterEach
  void stop() {
    daemons.forEach(Daemon::close);
  }

  @Test
  void tcp_lookup_isAnswered() throws Exception {
    Daemon daemon = start(options -> {});

    assertThat(lookup(plain(daemon))).isEqualTo("main");
  }

  @Test
  void unixSocket_lookup_isAnsweredAndTheFileGoesWithTheServer() throws Exception {
    Path socket = directory.resolve("d.sock");
    Daemon daemon = start(options -> options.listen = List.of(new ListenAddress.Unix(socket)));
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try {
      ManagedChannel channel =
          cleanup.register(
              NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                  .channelType(EpollDomainSocketChannel.class)
                  .eventLoopGroup(loops)
                  .usePlaintext()
                  .build());

      assertThat(lookup(channel)).isEqualTo("main");

      daemon.close();
      assertThat(socket).doesNotExist();
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  @Test
  void unixSocket_callers_areTheUsersOfTheirProcesses() throws Exception {
    Path socket = directory.resolve("d.sock");
    start(options -> options.listen = List.of(new ListenAddress.Unix(socket)));
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try {
      // Two at once: each connection has a peer of its own, though both have no name.
      for (ManagedChannel channel : List.of(unix(socket, loops), unix(socket, loops))) {
        var unused =
            DatastoreServiceGrpc.newBlockingStub(channel)
                .lookup(
                    LookupRequest.newBuilder()
                        .setDatastore("main")
                        .setOperation(Operation.OPERATION_READ)
                        .build());
        var leases =
            SessionServiceGrpc.newBlockingStub(channel)
                .listLeases(ListLeasesRequest.getDefaultInstance())
                .getLeasesList();

        Holder holder = leases.get(leases.size() - 1).getHolder();
        assertThat(holder.getPrincipal())
            .isEqualTo("uid:" + Files.getAttribute(directory, "unix:uid"));
        assertThat(holder.getPeer()).contains("pid " + ProcessHandle.current().pid());
      }
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private ManagedChannel unix(Path socket, EventLoopGroup loops) {
    return cleanup.register(
        NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
            .channelType(EpollDomainSocketChannel.class)
            .eventLoopGroup(loops)
            .usePlaintext()
            .build());
  }

  @Test
  void mutualTls_leaseOfAnother_isNotReleased() throws Exception {
    Daemon daemon =
        start(
            options -> {
              options.tls =
                  Optional.of(
                      site()
                          .tls()
                          .withClients(TlsFiles.Clients.requiredBy(site().copied("ca.pem"))));
              options.listen =
                  List.of(
                      ListenAddress.parse("127.0.0.1:0"),
                      new ListenAddress.Unix(directory.resolve("d.sock")));
            });
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try {
      var alice =
          DatastoreServiceGrpc.newBlockingStub(
              tls(daemon, trusting().keyManager(pem("client.pem"), pem("client.key"))));
      String lease =
          alice
              .lookup(
                  LookupRequest.newBuilder()
                      .setDatastore("main")
                      .setOperation(Operation.OPERATION_WRITE)
                      .build())
              .getLease()
              .getLeaseId();
      var release = ReleaseRequest.newBuilder().setLeaseId(lease).build();
      var bob = DatastoreServiceGrpc.newBlockingStub(unix(directory.resolve("d.sock"), loops));

      assertThat(bob.release(release).getReleased()).isFalse();
      assertThat(alice.release(release).getReleased()).isTrue();
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  @Test
  void unixSocket_hasTheModeThatWasAskedFor() throws Exception {
    Path socket = directory.resolve("d.sock");
    Path closedSocket = directory.resolve("closed.sock");
    Daemon daemon = start(options -> options.listen = List.of(new ListenAddress.Unix(socket)));
    Daemon closed =
        start(
            Files.createDirectory(directory.resolve("closed")),
            options -> {
              options.listen = List.of(new ListenAddress.Unix(closedSocket));
              options.socketAccess =
                  new SocketAccess(SocketAccess.modeOf("0600"), Optional.empty());
            });

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-rw-rw-");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(closedSocket)))
        .isEqualTo("rw-------");
    assertThat(daemon.addresses()).containsExactly(new DomainSocketAddress(socket.toFile()));
    assertThat(closed.addresses()).containsExactly(new DomainSocketAddress(closedSocket.toFile()));
    try (var files = Files.list(directory)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.matches("\\.d[0-9a-f]{1,4}"));
    }
  }

  @Test
  void unixSocket_forAGroupThatThereIsNot_isRefusedAndLeavesNothing() throws Exception {
    DaemonStartException refused =
        catchThrowableOfType(
            DaemonStartException.class,
            () ->
                start(
                    options -> {
                      options.listen = List.of(new ListenAddress.Unix(directory.resolve("d.sock")));
                      options.socketAccess =
                          new SocketAccess(
                              SocketAccess.modeOf("0660"), Optional.of("no-such-group"));
                    }));

    assertThat(refused).hasMessageContaining("no group no-such-group");
    try (var files = Files.list(directory)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.matches("\\.d[0-9a-f]{1,4}|d\\.sock"));
    }
  }

  @Test
  void severalAddresses_serveTheSame() throws Exception {
    Daemon daemon =
        start(
            options ->
                options.listen =
                    List.of(
                        ListenAddress.parse("127.0.0.1:0"), ListenAddress.parse("127.0.0.1:0")));

    assertThat(daemon.addresses()).hasSize(2);
    for (var address : daemon.addresses()) {
      assertThat(lookup(plain((InetSocketAddress) address))).isEqualTo("main");
    }
  }

  @Test
  void otherHosts_withoutTls_isRefused() {
    DaemonStartException refused =
        catchThrowableOfType(
            DaemonStartException.class,
            () -> start(options -> options.listen = List.of(ListenAddress.parse("0.0.0.0:0"))));

    assertThat(refused.kind()).isEqualTo(DaemonStartException.Kind.OPTIONS);
    assertThat(refused).hasMessageContaining("--insecure").hasMessageNotContaining("\n");
  }

  @Test
  void otherHosts_insecureIsSaid_isServed() throws Exception {
    Daemon daemon =
        start(
            options -> {
              options.listen = List.of(ListenAddress.parse("0.0.0.0:0"));
              options.exposure = Exposure.INSECURE;
            });

    assertThat(lookup(plain(new InetSocketAddress("127.0.0.1", port(daemon))))).isEqualTo("main");
  }

  @Test
  void addressInUse_isRefusedAndLeavesNothingRunning() throws Exception {
    Daemon first = start(options -> {});
    String taken = "127.0.0.1:" + port(first);
    Path other = Files.createDirectory(directory.resolve("other"));
    Files.copy(directory.resolve("datastore.cfg"), other.resolve("datastore.cfg"));

    DaemonStartException refused =
        catchThrowableOfType(
            DaemonStartException.class,
            () -> start(other, options -> options.listen = List.of(ListenAddress.parse(taken))));

    assertThat(refused.kind()).isEqualTo(DaemonStartException.Kind.ADDRESS);
    assertThat(refused).hasMessageContaining(taken);
    start(other, options -> {}); // its state directory is free again
  }

  @Test
  void secondServer_ofAStateDirectory_isRefusedWithThePidOfTheFirst() throws Exception {
    start(options -> {});

    DaemonStartException refused =
        catchThrowableOfType(DaemonStartException.class, () -> start(options -> {}));

    assertThat(refused.kind()).isEqualTo(DaemonStartException.Kind.LOCKED);
    assertThat(refused).hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
  }

  @Test
  void tls_trustedServer_isAnswered() throws Exception {
    Daemon daemon = start(options -> options.tls = Optional.of(site().tls()));

    assertThat(lookup(tls(daemon, trusting()))).isEqualTo("main");
    assertThat(
            catchThrowableOfType(StatusRuntimeException.class, () -> lookup(plain(daemon)))
                .getStatus()
                .getCode())
        .isEqualTo(Code.UNAVAILABLE);
  }

  @Test
  void mutualTls_withoutAClientCertificate_isRefused() throws Exception {
    Daemon daemon =
        start(
            options ->
                options.tls =
                    Optional.of(
                        site()
                            .tls()
                            .withClients(TlsFiles.Clients.requiredBy(site().copied("ca.pem")))));

    assertThat(
            catchThrowableOfType(
                    StatusRuntimeException.class, () -> lookup(tls(daemon, trusting())))
                .getStatus()
                .getCode())
        .isEqualTo(Code.UNAVAILABLE);
  }

  @Test
  void mutualTls_modeIsSet_byNameInTheCertificate() throws Exception {
    Daemon daemon =
        start(
            options ->
                options.tls =
                    Optional.of(
                        site()
                            .tls()
                            .withClients(TlsFiles.Clients.requiredBy(site().copied("ca.pem")))));
    ManagedChannel channel =
        tls(daemon, trusting().keyManager(pem("client.pem"), pem("client.key")));

    String setBy =
        MaintenanceServiceGrpc.newBlockingStub(channel)
            .setMaintenanceMode(
                SetMaintenanceModeRequest.newBuilder()
                    .setDatastore("main")
                    .setMode(MaintenanceMode.MAINTENANCE_MODE_OFFLINE)
                    .build())
            .getDatastore()
            .getMaintenance()
            .getSetBy();

    assertThat(setBy).isEqualTo("cn:testclient");
  }

  @Test
  void tls_renewedFiles_arePickedUp() throws Exception {
    TlsFiles files = site().tls().withReload(Duration.ofMillis(50));
    Files.copy(pem("badserver.pem"), files.certificates(), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(pem("badserver.key"), files.key(), StandardCopyOption.REPLACE_EXISTING);
    Daemon daemon = start(options -> options.tls = Optional.of(files));
    assertThatThrownBy(() -> lookup(tls(daemon, trusting())))
        .isInstanceOf(StatusRuntimeException.class);

    replace(files.key(), "server1.key");
    replace(files.certificates(), "server1.pem");

    await()
        .ignoreException(StatusRuntimeException.class)
        .until(() -> lookup(tls(daemon, trusting())).equals("main"));
  }

  @Test
  void tls_unusableFiles_isRefusedInOneSentence() throws Exception {
    TlsFiles files = site().tls();
    Files.writeString(files.key(), "no key");

    DaemonStartException refused =
        catchThrowableOfType(
            DaemonStartException.class, () -> start(options -> options.tls = Optional.of(files)));

    assertThat(refused.kind()).isEqualTo(DaemonStartException.Kind.TLS);
    assertThat(refused).hasMessageContaining(files.key().toString());
  }

  @Test
  void messageTooLarge_isRefusedAndTheConnectionLives() throws Exception {
    ManagedChannel channel = plain(start(options -> options.transport.messageBytes = 1000));

    StatusRuntimeException refused =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                DatastoreServiceGrpc.newBlockingStub(channel)
                    .status(StatusRequest.newBuilder().setPageToken("x".repeat(2000)).build()));

    assertThat(refused.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(lookup(channel)).isEqualTo("main");
  }

  @Test
  void health_isServingOverallAndPerService() throws Exception {
    var health = HealthGrpc.newBlockingStub(plain(start(options -> {})));

    for (String service :
        List.of("", "datastored.v1.DatastoreService", "datastored.v1.MaintenanceService")) {
      assertThat(
              health.check(HealthCheckRequest.newBuilder().setService(service).build()).getStatus())
          .isEqualTo(ServingStatus.SERVING);
    }
  }

  @Test
  void close_tellsHealthFirstAndThenTheWatchers_andWaitsForNeither() throws Exception {
    Duration grace = Duration.ofSeconds(20);
    Daemon daemon = start(options -> options.grace = grace);
    ManagedChannel channel = plain(daemon);
    var events = new CopyOnWriteArrayList<String>();
    HealthGrpc.newStub(channel)
        .watch(
            HealthCheckRequest.getDefaultInstance(),
            new Events<>("health", events) {
              @Override
              public void onNext(HealthCheckResponse response) {
                events.add("health " + response.getStatus());
              }
            });
    DatastoreServiceGrpc.newStub(channel)
        .watchGeneration(
            WatchGenerationRequest.getDefaultInstance(),
            new Events<>("watch", events) {
              @Override
              public void onNext(WatchGenerationResponse response) {
                events.add("watch " + response.getFrameCase());
              }
            });
    await().until(() -> events.contains("health SERVING") && events.contains("watch SNAPSHOT"));

    long before = System.nanoTime();
    daemon.close();

    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(grace);
    await()
        .until(() -> events.contains("watch UNAVAILABLE") && events.contains("health UNAVAILABLE"));
    assertThat(events)
        .containsSubsequence("health NOT_SERVING", "watch BOOKMARK", "watch UNAVAILABLE");
    assertThat(events.indexOf("health NOT_SERVING"))
        .isLessThan(events.indexOf("watch UNAVAILABLE"));
  }

  @Test
  void close_twice_isOnce() throws Exception {
    Daemon daemon = start(options -> {});
    daemon.close();
    daemon.close();
    daemon.awaitStop();

    start(options -> {}); // the state directory is free
  }

  /** Notes how a stream ends. */
  private abstract static class Events<M> implements StreamObserver<M> {
    private final String name;
    private final List<String> events;

    Events(String name, List<String> events) {
      this.name = name;
      this.events = events;
    }

    @Override
    public void onError(Throwable thrown) {
      events.add(name + " " + io.grpc.Status.fromThrowable(thrown).getCode());
    }

    @Override
    public void onCompleted() {
      events.add(name + " completed");
    }
  }

  private Daemon start(Consumer<DaemonOptions.Builder> changes) throws DaemonStartException {
    return start(directory, changes);
  }

  private Daemon start(Path where, Consumer<DaemonOptions.Builder> changes)
      throws DaemonStartException {
    DaemonOptions.Builder options = new DaemonSite(where).openOptions();
    changes.accept(options);
    Daemon daemon = Daemon.start(options.build());
    daemons.add(daemon);
    return daemon;
  }

  private ManagedChannel plain(Daemon daemon) {
    return plain(new InetSocketAddress("127.0.0.1", port(daemon)));
  }

  private ManagedChannel plain(InetSocketAddress address) {
    return channel(address.getPort(), InsecureChannelCredentials.create());
  }

  private ManagedChannel tls(Daemon daemon, TlsChannelCredentials.Builder credentials) {
    return channel(port(daemon), credentials.build());
  }

  private static TlsChannelCredentials.Builder trusting() throws IOException {
    return TlsChannelCredentials.newBuilder().trustManager(pem("ca.pem"));
  }

  private ManagedChannel channel(int port, ChannelCredentials credentials) {
    return cleanup.register(
        NettyChannelBuilder.forAddress("127.0.0.1", port, credentials)
            .overrideAuthority("foo.test.google.fr")
            // What arrives on one connection is told in that order, whichever stream it is of.
            .directExecutor()
            .build());
  }

  /** As renewal tools do: by a rename, with a new modification time. */
  private void replace(Path file, String name) throws IOException {
    Path next = directory.resolve(name + ".next");
    Files.copy(pem(name), next, StandardCopyOption.REPLACE_EXISTING);
    Files.setLastModifiedTime(
        next,
        java.nio.file.attribute.FileTime.fromMillis(
            Files.getLastModifiedTime(file).toMillis() + 2000));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static InputStream pem(String name) {
    return TlsTesting.loadCert(name);
  }
}
