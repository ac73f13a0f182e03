package io.datastored.daemon;

import static io.datastored.daemon.DaemonSite.lookup;
import static io.datastored.daemon.DaemonSite.port;
import static io.datastored.transport.Http2Bytes.opening;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.transport.Http2Bytes;
import io.datastored.transport.Rate;
import io.datastored.transport.RawConnection;
import io.datastored.transport.RawConnection.Frame;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.Operation;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.testing.TlsTesting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What connections may not do, over real sockets of this host. */
final class GuardedConnectionsIT {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final String LOOKUP = "/datastored.v1.DatastoreService/Lookup";
  private static final byte[] LOOKED_UP =
      LookupRequest.newBuilder()
          .setDatastore("main")
          .setOperation(Operation.OPERATION_LOOKUP)
          .build()
          .toByteArray();

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;
  private final List<Daemon> daemons = new ArrayList<>();

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
  void silentConnection_isClosedAfterTheHandshakeTimeout() throws Exception {
    Daemon daemon = start(options -> strict(options));
    try (var connection = new RawConnection(port(daemon))) {
      assertThat(connection.isClosedWithin(LONG)).isTrue();
    }
  }

  @Test
  void prefaceWithoutSettings_isClosedAfterTheHandshakeTimeout() throws Exception {
    Daemon daemon = start(options -> strict(options));
    try (var connection = new RawConnection(port(daemon))) {
      connection.write(Arrays.copyOf(opening(), 24));
      assertThat(connection.isClosedWithin(LONG)).isTrue();
    }
  }

  @Test
  void openedConnection_isNotClosedByTheHandshakeTimeout() throws Exception {
    Daemon daemon = start(options -> strict(options));
    try (var connection = new RawConnection(port(daemon))) {
      connection.write(opening());
      assertThat(connection.isClosedWithin(Duration.ofSeconds(1))).isFalse();
      call(connection, 1);
      assertThat(isAnswered(connection, 1)).isTrue();
    }
  }

  @Test
  void halfOpenTls_isClosedAfterTheHandshakeTimeout() throws Exception {
    Daemon daemon = start(options -> tls(strict(options)));
    try (var connection = new RawConnection(port(daemon))) {
      // The first bytes of a ClientHello of 512, which never comes whole.
      connection.write(new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc});
      assertThat(connection.isClosedWithin(LONG)).isTrue();
    }
  }

  @Test
  void tls_callsBeyondTheHandshakeTimeout_areAnswered() throws Exception {
    Daemon daemon =
        start(
            options -> {
              tls(strict(options));
              options.transport.connections.handshake = Duration.ofSeconds(3);
            });
    ManagedChannel channel =
        cleanup.register(
            NettyChannelBuilder.forAddress(
                    "127.0.0.1",
                    port(daemon),
                    TlsChannelCredentials.newBuilder()
                        .trustManager(TlsTesting.loadCert("ca.pem"))
                        .build())
                .overrideAuthority("foo.test.google.fr")
                .build());
    var opened = new AtomicInteger();
    assertThat(lookup(channel)).isEqualTo("main");
    channel.notifyWhenStateChanged(ConnectivityState.READY, opened::incrementAndGet);
    await().pollDelay(Duration.ofMillis(3_500)).until(() -> lookup(channel).equals("main"));
    assertThat(opened).as("the connection has not been lost").hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        Http2Bytes.PRIORITY,
        Http2Bytes.SETTINGS,
        Http2Bytes.PING,
        Http2Bytes.WINDOW_UPDATE,
        200
      })
  void floodOfControlFrames_isClosedAndOthersAreServed(int type) throws Exception {
    Daemon daemon = start(options -> strict(options));
    byte[] payload =
        switch (type) {
          case Http2Bytes.PRIORITY -> new byte[] {0, 0, 0, 0, 7};
          case Http2Bytes.SETTINGS -> new byte[] {0, 4, 0, 0, (byte) 0xff, (byte) 0xff};
          case Http2Bytes.WINDOW_UPDATE -> new byte[] {0, 0, 0, 1};
          default -> new byte[8];
        };
    int stream = type == Http2Bytes.PRIORITY ? 5 : 0;
    Optional<Frame> last = flood(daemon, Http2Bytes.frame(type, 0, stream, payload));

    assertCalmAsked(last);
    assertThat(lookup(plain(daemon))).isEqualTo("main");
  }

  @Test
  void floodOfContinuations_isClosedAndOthersAreServed() throws Exception {
    Daemon daemon = start(options -> strict(options));
    try (var connection = new RawConnection(port(daemon))) {
      connection.write(opening());
      connection.write(Http2Bytes.frame(Http2Bytes.HEADERS, 0, 1, new byte[] {(byte) 0x82}));
      floodUntilClosed(
          connection, Http2Bytes.frame(Http2Bytes.CONTINUATION, 0, 1, new byte[] {(byte) 0x82}));
    }
    assertThat(lookup(plain(daemon))).isEqualTo("main");
  }

  @Test
  void rapidReset_isToldToCalmDownAndOthersAreServed() throws Exception {
    Daemon daemon = start(options -> strict(options));
    try (var connection = new RawConnection(port(daemon))) {
      connection.write(opening());
      Optional<Frame> last = Optional.empty();
      long end = System.nanoTime() + LONG.toNanos();
      int stream = 1;
      try {
        while (System.nanoTime() - end < 0) {
          call(connection, stream);
          connection.write(
              Http2Bytes.frame(Http2Bytes.RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8}));
          stream += 2;
        }
      } catch (IOException closed) {
        last = lastOf(connection);
      }
      assertThat(System.nanoTime() - end).as("closed in time").isNegative();
      assertCalmAsked(last);
    }
    assertThat(lookup(plain(daemon))).isEqualTo("main");
  }

  @Test
  void burstOfResets_delaysAndLosesNothing() throws Exception {
    Daemon daemon = start(options -> strict(options).transport.connections.patience = LONG);
    try (var connection = new RawConnection(port(daemon))) {
      connection.write(opening());
      int stream = 1;
      for (int each = 0; each < 120; each++) {
        call(connection, stream);
        connection.write(
            Http2Bytes.frame(Http2Bytes.RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8}));
        stream += 2;
      }
      call(connection, stream);
      assertThat(isAnswered(connection, stream)).isTrue();
    }
  }

  @Test
  void moreConnectionsThanAllowed_areRefusedUntilOneLeaves() throws Exception {
    Daemon daemon =
        start(
            options -> {
              options.transport.connections.connections = 2;
              options.transport.connections.perAddress = 1;
            });
    var first = new RawConnection(port(daemon));
    try (var second = new RawConnection(port(daemon))) {
      first.write(opening());
      second.write(opening());
      call(first, 1);
      call(second, 1);
      assertThat(isAnswered(first, 1)).isTrue();
      assertThat(isAnswered(second, 1)).isTrue();
      try (var third = new RawConnection(port(daemon))) {
        assertThat(third.isClosedWithin(LONG)).isTrue();
      }
      first.close();
      await().untilAsserted(() -> assertThat(isServed(daemon)).isTrue());
    }
  }

  @Test
  void floodOfConnections_isSlowedDownAndALaterOneIsServed() throws Exception {
    Daemon daemon = start(options -> {});
    try (var before = new RawConnection(port(daemon))) {
      before.write(opening());
      long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
      int opened = 0;
      while (System.nanoTime() - end < 0) {
        try (var connection = new RawConnection(port(daemon))) {
          // Two pings at once are one too many: the server hangs up.
          connection.write(opening());
          for (int ping = 0; ping < 4; ping++) {
            connection.write(Http2Bytes.frame(Http2Bytes.PING, 0, 0, new byte[8]));
          }
          if (connection.isClosedWithin(LONG)) {
            opened++;
          }
        } catch (IOException hungUp) {
          opened++;
        }
      }
      // A hundred at the start and a hundred a second, and one that is on its way.
      assertThat(opened).isLessThanOrEqualTo(330);
      call(before, 1);
      assertThat(isAnswered(before, 1)).isTrue();
    }
    assertThat(lookup(plain(daemon))).isEqualTo("main");
  }

  private static boolean isServed(Daemon daemon) throws IOException {
    try (var connection = new RawConnection(port(daemon))) {
      connection.write(opening());
      call(connection, 1);
      return isAnswered(connection, 1);
    } catch (IOException refused) {
      return false;
    }
  }

  private static void call(RawConnection connection, int stream) throws IOException {
    connection.write(Http2Bytes.call(stream, LOOKUP));
    connection.write(Http2Bytes.message(stream, LOOKED_UP));
  }

  /** Whether the call ends with trailers. */
  private static boolean isAnswered(RawConnection connection, int stream) throws IOException {
    int headers = 0;
    for (Optional<Frame> frame = connection.read(LONG);
        frame.isPresent();
        frame = connection.read(LONG)) {
      if (frame.get().stream() == stream && frame.get().type() == Http2Bytes.HEADERS) {
        headers++;
        if (headers == 2) {
          return true;
        }
      }
    }
    return false;
  }

  private static Optional<Frame> flood(Daemon daemon, byte[] frame) throws IOException {
    try (var connection = new RawConnection(port(daemon))) {
      connection.write(opening());
      floodUntilClosed(connection, frame);
      return lastOf(connection);
    }
  }

  private static void floodUntilClosed(RawConnection connection, byte[] frame) {
    byte[] many = new byte[frame.length * 50];
    for (int at = 0; at < many.length; at += frame.length) {
      System.arraycopy(frame, 0, many, at, frame.length);
    }
    long end = System.nanoTime() + LONG.toNanos();
    try {
      while (System.nanoTime() - end < 0) {
        connection.write(many);
      }
    } catch (IOException closed) {
      return;
    }
    throw new AssertionError("the connection was not closed");
  }

  private static Optional<Frame> lastOf(RawConnection connection) throws IOException {
    Optional<Frame> last = Optional.empty();
    for (Optional<Frame> next = connection.read(LONG);
        next.isPresent();
        next = connection.read(LONG)) {
      last = next;
    }
    return last;
  }

  /** What the server says last may be lost: the system answers bytes that nobody reads. */
  private static void assertCalmAsked(Optional<Frame> last) {
    last.filter(frame -> frame.type() == Http2Bytes.GOAWAY)
        .ifPresent(frame -> assertThat(frame.payload()[7]).isEqualTo((byte) 0xb));
  }

  private static DaemonOptions.Builder strict(DaemonOptions.Builder options) {
    options.transport.connections.handshake = Duration.ofMillis(300);
    options.transport.connections.patience = Duration.ofMillis(500);
    options.transport.connections.control = new Rate(50, 100, 50);
    options.transport.connections.resets = new Rate(50, 100, 50);
    return options;
  }

  private void tls(DaemonOptions.Builder options) {
    options.tls = Optional.of(site().tls());
  }

  private Daemon start(Consumer<DaemonOptions.Builder> changes) throws DaemonStartException {
    DaemonOptions.Builder options = site().openOptions();
    changes.accept(options);
    Daemon daemon = Daemon.start(options.build());
    daemons.add(daemon);
    return daemon;
  }

  private ManagedChannel plain(Daemon daemon) {
    return cleanup.register(
        NettyChannelBuilder.forAddress("127.0.0.1", port(daemon)).usePlaintext().build());
  }
}
