package io.datastored.cli;

import io.datastored.daemon.DaemonOptions;
import io.datastored.daemon.Exposure;
import io.datastored.daemon.KeepAlive;
import io.datastored.daemon.ListenAddress;
import io.datastored.daemon.SocketAccess;
import io.datastored.daemon.TlsFiles;
import io.datastored.daemon.TransportLimits;
import io.datastored.transport.ConnectionLimits;
import io.datastored.transport.Rate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The flags of {@code serve} for its connections. Confined to one thread. */
final class TransportFlags {

  @Option(
      names = "--listen",
      paramLabel = "ADDR",
      split = ",",
      defaultValue = DaemonOptions.DEFAULT_ADDRESS,
      converter = AddressConverter.class,
      description =
          "Where to listen: HOST:PORT or unix:/PATH, more than one with commas (default:"
              + " ${DEFAULT-VALUE}).")
  List<ListenAddress> listen;

  @Option(
      names = "--socket-mode",
      paramLabel = "MODE",
      defaultValue = "0660",
      description =
          "Mode of Unix sockets, regardless of the umask: who has write permission can connect"
              + " (default: ${DEFAULT-VALUE}).")
  String socketMode;

  @Option(
      names = "--socket-group",
      paramLabel = "GROUP",
      description = "Group of Unix sockets (default: the server's own).")
  @Nullable String socketGroup;

  @Option(
      names = "--insecure",
      description =
          "Listen beyond this host without TLS: traffic can be read and changed on the way.")
  boolean insecure;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "The server's certificate chain (PEM), reloaded when it changes.")
  @Nullable Path tlsCert;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key (PEM, PKCS #8).")
  @Nullable Path tlsKey;

  @Option(
      names = "--tls-client-ca",
      paramLabel = "FILE",
      description = "Accept only clients with a certificate signed by one of these (PEM).")
  @Nullable Path tlsClientCa;

  @Option(
      names = "--max-request",
      paramLabel = "BYTES",
      defaultValue = "1048576",
      description = "Maximum size of a request (default: ${DEFAULT-VALUE}).")
  int maxRequest;

  @Option(
      names = "--max-streams",
      paramLabel = "COUNT",
      defaultValue = "1000",
      description =
          "Maximum number of calls and watches in flight on one connection (default: ${DEFAULT-VALUE}).")
  int maxStreams;

  @Option(
      names = "--keepalive-permitted",
      paramLabel = "DURATION",
      defaultValue = "10s",
      converter = DurationText.class,
      description =
          "Minimum time between pings; a connection that pings more often is closed (default: ${DEFAULT-VALUE}).")
  Duration keepAlivePermitted;

  @Option(
      names = "--max-connections",
      paramLabel = "COUNT",
      defaultValue = "20000",
      description =
          "Maximum number of TCP connections, and of connections to Unix sockets; lower if the limit"
              + " of open files is low (default: ${DEFAULT-VALUE}).")
  int maxConnections;

  @Option(
      names = "--max-connections-per-address",
      paramLabel = "COUNT",
      defaultValue = "1000",
      description =
          "Maximum number of connections from one remote host or IPv6 /64 network (default: ${DEFAULT-VALUE}).")
  int maxConnectionsPerAddress;

  @Option(
      names = "--handshake-timeout",
      paramLabel = "DURATION",
      defaultValue = "10s",
      converter = DurationText.class,
      description =
          "Close a connection that has not started HTTP/2 after this time"
              + " (default: ${DEFAULT-VALUE}).")
  Duration handshakeTimeout;

  @Option(
      names = "--max-resets",
      paramLabel = "COUNT",
      defaultValue = "1000",
      description =
          "Calls that one connection may reset per second; all connections together half as many"
              + " again. A faster one is slowed down, then closed (default: ${DEFAULT-VALUE}).")
  int maxResets;

  @Option(
      names = "--max-connection-age",
      paramLabel = "DURATION",
      defaultValue = "1h",
      converter = DurationText.class,
      description =
          "Ask a client to reconnect after this time, plus or minus a tenth; 0s: never"
              + " (default: ${DEFAULT-VALUE}).")
  Duration maxConnectionAge;

  @Option(
      names = "--max-connection-idle",
      paramLabel = "DURATION",
      defaultValue = "15m",
      converter = DurationText.class,
      description =
          "Close a connection without calls and watches after this time; 0s: never"
              + " (default: ${DEFAULT-VALUE}).")
  Duration maxConnectionIdle;

  @Option(
      names = "--grace",
      paramLabel = "DURATION",
      defaultValue = "10s",
      converter = DurationText.class,
      description = "How long a shutdown waits for calls in flight (default: ${DEFAULT-VALUE}).")
  Duration grace;

  DaemonOptions applyTo(DaemonOptions options) {
    if ((tlsCert == null) != (tlsKey == null)) {
      throw new CommandFailed(ExitStatus.USAGE, "--tls-cert and --tls-key belong together.");
    }
    if (tlsClientCa != null && tlsCert == null) {
      throw new CommandFailed(ExitStatus.USAGE, "--tls-client-ca needs --tls-cert and --tls-key.");
    }
    DaemonOptions result =
        options
            .withListen(addresses())
            .withExposure(insecure ? Exposure.INSECURE : Exposure.GUARDED)
            .withTransport(
                TransportLimits.defaults()
                    .withMessageBytes(maxRequest)
                    .withStreams(maxStreams)
                    .withKeepAlive(KeepAlive.defaults().withPermitted(keepAlivePermitted))
                    .withEnds(maxConnectionAge, maxConnectionIdle)
                    .withConnections(connections()))
            .withGrace(grace);
    if (tlsCert == null || tlsKey == null) {
      return result;
    }
    TlsFiles files = TlsFiles.of(tlsCert, tlsKey);
    return result.withTls(tlsClientCa == null ? files : files.withClientAuthorities(tlsClientCa));
  }

  private List<ListenAddress> addresses() {
    SocketAccess access =
        OptionRule.on(
            "--socket-mode",
            () ->
                new SocketAccess(
                    SocketAccess.modeOf(socketMode), Optional.ofNullable(socketGroup)));
    return listen.stream()
        .map(
            address ->
                address instanceof ListenAddress.Unix unix
                    ? new ListenAddress.Unix(unix.path(), access)
                    : address)
        .toList();
  }

  private ConnectionLimits connections() {
    ConnectionLimits defaults = ConnectionLimits.defaults();
    ConnectionLimits counted =
        OptionRule.on(
            "--max-connections, --max-connections-per-address",
            () -> defaults.withConnections(maxConnections, maxConnectionsPerAddress));
    ConnectionLimits timed =
        OptionRule.on("--handshake-timeout", () -> counted.withHandshake(handshakeTimeout));
    return OptionRule.on(
        "--max-resets", () -> timed.withRates(timed.control(), Rate.of(maxResets, 2)));
  }

  /** Reads the value of the option. Stateless. */
  static final class AddressConverter implements ITypeConverter<ListenAddress> {
    @Override
    public ListenAddress convert(String text) {
      try {
        return ListenAddress.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
