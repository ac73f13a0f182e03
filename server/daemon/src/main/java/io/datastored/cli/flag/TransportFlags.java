package io.datastored.cli.flag;

import static io.datastored.cli.flag.OptionRules.DEFAULTS;

import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.daemon.DaemonOptions;
import io.datastored.daemon.Exposure;
import io.datastored.daemon.ListenAddress;
import io.datastored.daemon.SocketAccess;
import io.datastored.daemon.TlsFiles;
import io.datastored.daemon.TlsFiles.ClientCertificates;
import io.datastored.service.wire.TrustDomains;
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
public final class TransportFlags {

  @Option(
      names = "--listen",
      paramLabel = "ADDR",
      split = ",",
      converter = AddressConverter.class,
      description =
          "Where to listen: HOST:PORT or unix:/PATH, more than one with commas (default: "
              + DaemonOptions.DEFAULT_ADDRESS
              + ", and datastored.sock in $RUNTIME_DIRECTORY, /run/datastored,"
              + " $XDG_RUNTIME_DIR/datastored or /tmp/datastored-UID).")
  List<ListenAddress> listen = List.of();

  @Option(
      names = "--socket-mode",
      paramLabel = "MODE",
      description =
          "Mode of Unix sockets, regardless of the umask: who has write permission can connect"
              + " (default: ${DEFAULT-VALUE}).")
  String socketMode = SocketAccess.DEFAULT_MODE;

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

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "The private key of --tls-cert (PEM, PKCS #8).")
  @Nullable Path tlsKey;

  @Option(
      names = "--tls-client-ca",
      paramLabel = "FILE",
      description =
          "Verify the certificates of clients with these authorities (PEM), reloaded when it"
              + " changes.")
  @Nullable Path tlsClientCa;

  @Option(
      names = "--tls-client-auth",
      paramLabel = "RULE",
      description =
          "Whether clients need a certificate: require; request: one without is anonymous; none"
              + " (default: require with --tls-client-ca, else none). A certificate that cannot be"
              + " verified is always refused.")
  @Nullable ClientCertificates tlsClientAuth;

  @Option(
      names = "--spiffe-trust-domain",
      paramLabel = "NAME",
      split = ",",
      description =
          "Accept SPIFFE ids of this trust domain only; more than one with commas (default: of each"
              + " that --tls-client-ca has signed).")
  @Nullable List<String> spiffeTrustDomains;

  @Option(
      names = "--max-request",
      paramLabel = "BYTES",
      description = "Maximum size of a request (default: ${DEFAULT-VALUE}).")
  int maxRequest = DEFAULTS.transport().messageBytes();

  @Option(
      names = "--max-streams",
      paramLabel = "COUNT",
      description =
          "Maximum number of calls and watches in flight on one connection (default:"
              + " ${DEFAULT-VALUE}).")
  int maxStreams = DEFAULTS.transport().streams();

  @Option(
      names = "--keepalive-permitted",
      paramLabel = "DURATION",
      description =
          "Minimum time between pings; a connection that pings more often is closed (default:"
              + " ${DEFAULT-VALUE}).")
  Duration keepAlivePermitted = DEFAULTS.transport().keepAlivePermitted();

  @Option(
      names = "--max-connections",
      paramLabel = "COUNT",
      description =
          "Maximum number of TCP connections, and of connections to Unix sockets; lower if the"
              + " limit"
              + " of open files is low (default: ${DEFAULT-VALUE}).")
  int maxConnections = DEFAULTS.transport().connections().connections();

  @Option(
      names = "--max-connections-per-address",
      paramLabel = "COUNT",
      description =
          "Maximum number of connections from one remote host or IPv6 /64 network (default:"
              + " ${DEFAULT-VALUE}).")
  int maxConnectionsPerAddress = DEFAULTS.transport().connections().perAddress();

  @Option(
      names = "--handshake-timeout",
      paramLabel = "DURATION",
      description =
          "Close a connection that has not started HTTP/2 after this time"
              + " (default: ${DEFAULT-VALUE}).")
  Duration handshakeTimeout = DEFAULTS.transport().connections().handshake();

  @Option(
      names = "--max-resets",
      paramLabel = "COUNT",
      description =
          "Calls that one connection may reset per second; all connections together half as many"
              + " again. A faster one is slowed down, then closed (default: ${DEFAULT-VALUE}).")
  int maxResets = DEFAULTS.transport().connections().resets().perSecond();

  @Option(
      names = "--max-connection-age",
      paramLabel = "DURATION",
      description =
          "Ask a client to reconnect after this time, plus or minus a tenth; 0s: never"
              + " (default: ${DEFAULT-VALUE}).")
  Duration maxConnectionAge = DEFAULTS.transport().age().orElse(Duration.ZERO);

  @Option(
      names = "--max-connection-idle",
      paramLabel = "DURATION",
      description =
          "Close a connection without calls and watches after this time; 0s: never"
              + " (default: ${DEFAULT-VALUE}).")
  Duration maxConnectionIdle = DEFAULTS.transport().idle().orElse(Duration.ZERO);

  @Option(
      names = "--grace",
      paramLabel = "DURATION",
      description = "How long a shutdown waits for calls in flight (default: ${DEFAULT-VALUE}).")
  Duration grace = DEFAULTS.grace();

  public void applyTo(OptionRules options) {
    options
        .set("--listen", to -> to.listen = listen)
        .set("--socket-mode, --socket-group", to -> to.socketAccess = socketAccess())
        .set("--insecure", to -> to.exposure = insecure ? Exposure.INSECURE : Exposure.GUARDED)
        .set(
            "--tls-cert, --tls-key, --tls-client-ca, --tls-client-auth, --spiffe-trust-domain",
            to -> to.tls = tls())
        .set("--max-request", to -> to.transport.messageBytes = maxRequest)
        .set("--max-streams", to -> to.transport.streams = maxStreams)
        .set("--keepalive-permitted", to -> to.transport.keepAlivePermitted = keepAlivePermitted)
        .set(
            "--max-connections, --max-connections-per-address",
            to -> {
              to.transport.connections.connections = maxConnections;
              to.transport.connections.perAddress = maxConnectionsPerAddress;
            })
        .set("--handshake-timeout", to -> to.transport.connections.handshake = handshakeTimeout)
        .set("--max-resets", to -> to.transport.connections.resets = Rate.of(maxResets, 2))
        .set("--max-connection-age", to -> to.transport.age = Optional.of(maxConnectionAge))
        .set("--max-connection-idle", to -> to.transport.idle = Optional.of(maxConnectionIdle))
        .set("--grace", to -> to.grace = grace);
  }

  private Optional<TlsFiles> tls() {
    if ((tlsCert == null) != (tlsKey == null)) {
      throw new CommandFailed(ExitStatus.USAGE, "--tls-cert and --tls-key belong together.");
    }
    if (tlsCert == null || tlsKey == null) {
      if (tlsClientCa != null) {
        throw new CommandFailed(
            ExitStatus.USAGE, "--tls-client-ca needs --tls-cert and --tls-key.");
      }
      clients(); // a rule for clients needs --tls-client-ca
      return Optional.empty();
    }
    TlsFiles files = TlsFiles.of(tlsCert, tlsKey);
    return Optional.of(clients().map(files::withClients).orElse(files));
  }

  private Optional<TlsFiles.Clients> clients() {
    if (tlsClientCa != null) {
      return Optional.of(
          new TlsFiles.Clients(
              tlsClientCa,
              tlsClientAuth == null ? ClientCertificates.REQUIRE : tlsClientAuth,
              spiffeTrustDomains == null
                  ? TrustDomains.ANY
                  : TrustDomains.only(spiffeTrustDomains)));
    }
    if (spiffeTrustDomains != null
        || (tlsClientAuth != null && tlsClientAuth != ClientCertificates.NONE)) {
      throw new CommandFailed(
          ExitStatus.USAGE,
          "%s needs --tls-client-ca FILE to verify certificates with."
              .formatted(
                  spiffeTrustDomains == null ? "--tls-client-auth" : "--spiffe-trust-domain"));
    }
    return Optional.empty();
  }

  private SocketAccess socketAccess() {
    return new SocketAccess(SocketAccess.modeOf(socketMode), Optional.ofNullable(socketGroup));
  }

  /** Parses the value of the option. Stateless. */
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
