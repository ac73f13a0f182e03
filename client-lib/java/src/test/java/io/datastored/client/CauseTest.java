package io.datastored.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.datastored.client.fake.FakeDatastored;
import io.datastored.v1.ErrorReason;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** A call without an answer reports why, and fails at once if retrying cannot help. */
@Timeout(120)
final class CauseTest {

  private static final Duration LONG = Duration.ofMinutes(10);

  private static InputStream pem(String name) {
    return CauseTest.class.getResourceAsStream("/certificates/" + name);
  }

  private static DatastoredClient started(ClientOptions.Builder options) {
    return DatastoredClient.create(options.times(times -> times.withCallDeadline(LONG)).build())
        .start();
  }

  private static LookupOptions within(Duration time) {
    return LookupOptions.DEFAULT.withDeadline(time);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "foo bar", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:99999", "host:http"})
  void targetThatIsNone_isRefusedAtOnce(String target) {
    assertThatThrownBy(() -> ClientOptions.of(target))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not the address of a server");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:7400,b:7400", "a:7400, b.example:7400", "unix:relative,b:7400"})
  void targets_inOneString_areRefusedWithTheRightWay(String targets) {
    assertThatThrownBy(() -> ClientOptions.of(targets))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("names several servers")
        .hasMessageContaining("List.of(\"");
  }

  @Test
  void nobodyListens_tellsSo() throws Exception {
    // Port 1, as none that the system hands out: a client can be given one of those itself.
    try (var client = started(ClientOptions.builder("127.0.0.1:1"))) {
      for (Operation operation : Operation.values()) {
        assertThatThrownBy(() -> client.lookup("main", operation, within(Duration.ofSeconds(1))))
            .isInstanceOf(UnavailableException.class)
            .hasMessageContaining("Connection refused")
            .hasCauseInstanceOf(io.grpc.StatusException.class);
      }
      assertThat(client.trouble().orElseThrow()).hasMessageContaining("Connection refused");
      long began = System.nanoTime();
      client.close();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(1900));
    }
  }

  @Test
  void unknownHosts_ofSeveralServers_areToldWhenAllWereTried() {
    var targets = List.of("no-such-host.invalid:7400", "neither.invalid:7400");
    try (var client = started(ClientOptions.builder(targets))) {
      assertThatThrownBy(() -> client.lookup("main", Operation.READ))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining(".invalid")
          .hasRootCauseInstanceOf(UnknownHostException.class);
    }
  }

  @Test
  void unknownHost_ofSeveralServers_isPassedOver() {
    try (var server = FakeDatastored.start()) {
      server.put("main");
      var targets = List.of("no-such-host.invalid:7400", server.target());
      try (var client = started(ClientOptions.builder(targets))) {
        assertThat(client.awaitState(ClientState.FRESH, LONG)).isTrue();
        client.lookup("main", Operation.READ).close();
      }
    }
  }

  @Test
  void unknownHost_isToldAtOnce() {
    try (var client = started(ClientOptions.builder("no-such-host.invalid:7400"))) {
      for (Operation operation : Operation.values()) {
        assertThatThrownBy(() -> client.lookup("main", operation))
            .isInstanceOf(UnavailableException.class)
            .hasMessageContaining("no-such-host.invalid")
            .hasRootCauseInstanceOf(UnknownHostException.class);
      }
      assertThatThrownBy(() -> client.awaitState(ClientState.FRESH, LONG))
          .isInstanceOf(UnavailableException.class);
    }
  }

  @Test
  void authorityThatIsNotTrusted_isToldAtOnce() throws Exception {
    var server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress("127.0.0.1", 0),
                TlsServerCredentials.create(pem("server.pem"), pem("server.key")))
            .build()
            .start();
    var trusting = TlsChannelCredentials.newBuilder().trustManager(pem("stranger.pem")).build();
    try (var client =
        started(ClientOptions.builder("localhost:" + server.getPort()).credentials(trusting))) {
      for (Operation operation : Operation.values()) {
        assertThatThrownBy(() -> client.lookup("main", operation))
            .isInstanceOf(DatastoredException.class)
            .hasMessageContaining("certification path");
      }
      assertThatThrownBy(() -> client.awaitState(ClientState.FRESH, LONG))
          .hasMessageContaining("certification path");
    } finally {
      server.shutdownNow();
    }
  }

  @Test
  void clientWithoutACertificate_isToldAtOnce() throws Exception {
    var server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress("127.0.0.1", 0),
                TlsServerCredentials.newBuilder()
                    .keyManager(pem("server.pem"), pem("server.key"))
                    .trustManager(pem("authority.pem"))
                    .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                    .build())
            .build()
            .start();
    var trusting = TlsChannelCredentials.newBuilder().trustManager(pem("authority.pem")).build();
    try (var client =
        started(ClientOptions.builder("localhost:" + server.getPort()).credentials(trusting))) {
      assertThatThrownBy(() -> client.lookup("main", Operation.WRITE))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("SSL");
    } finally {
      server.shutdownNow();
    }
  }

  /** A Unix socket has no SO_KEEPALIVE, and Netty warns about an option that does not exist. */
  @Test
  void unixSocket_nothingIsWarnedOf(@TempDir Path directory) {
    List<String> warnings = new CopyOnWriteArrayList<>();
    var handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            warnings.add(line.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    var appender = new ListAppender<ILoggingEvent>();
    var logback =
        (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    appender.start();
    logback.addAppender(appender);
    Logger.getLogger("").addHandler(handler);
    try (var client = started(ClientOptions.builder("unix:" + directory.resolve("none")))) {
      assertThatThrownBy(() -> client.lookup("main", Operation.READ, within(Duration.ofSeconds(1))))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("no such socket");
    } finally {
      Logger.getLogger("").removeHandler(handler);
      logback.detachAppender(appender);
    }
    appender.list.forEach(event -> warnings.add(event.getFormattedMessage()));
    assertThat(warnings).noneMatch(text -> text.contains("KEEPALIVE"));
  }

  @Test
  void refusal_writtenAndReadAgain_tellsTheSame() throws Exception {
    var refusal =
        new Refusal(
            ErrorReason.ERROR_REASON_OUTCOME_UNKNOWN,
            Status.Code.UNKNOWN,
            "read again",
            Map.of("detail", "the rename may have taken effect"),
            Optional.of(Duration.ofSeconds(3)));
    var bytes = new ByteArrayOutputStream();
    try (var out = new ObjectOutputStream(bytes)) {
      out.writeObject(new RefusedException(refusal, Origin.SERVER));
    }
    RefusedException read;
    try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      read = (RefusedException) in.readObject();
    }
    assertThat(read.reason()).isEqualTo(ErrorReason.ERROR_REASON_OUTCOME_UNKNOWN);
    assertThat(read.code()).isEqualTo(Status.Code.UNKNOWN);
    assertThat(read.metadata()).containsEntry("detail", "the rename may have taken effect");
    assertThat(read.retryAfter()).contains(Duration.ofSeconds(3));
    assertThat(read.origin()).isEqualTo(Origin.SERVER);
    assertThat(read)
        .isInstanceOf(DatastoredException.class)
        .hasToString(
            "io.datastored.client.RefusedException: OUTCOME_UNKNOWN (UNKNOWN): read again");
  }
}
