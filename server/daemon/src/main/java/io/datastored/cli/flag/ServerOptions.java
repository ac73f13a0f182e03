package io.datastored.cli.flag;

import com.google.common.collect.ImmutableList;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.ServerAddress;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.File;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Server options select the server that a command calls and how. Confined to the command's thread.
 */
public final class ServerOptions {

  @Option(
      names = "--server",
      paramLabel = "ADDR",
      converter = ServerAddress.Converter.class,
      description =
          "The server: HOST:PORT or unix:/PATH; with commas between them, several that share one"
              + " history (default: the Unix socket of the server on this host).")
  @Nullable ServerAddress server;

  private @Nullable ServerAddress found;

  @Option(
      names = "--request-timeout",
      paramLabel = "DURATION",
      defaultValue = "10s",
      description = "Timeout of a request (default: ${DEFAULT-VALUE}).")
  public Duration requestTimeout;

  @Option(names = "--tls", description = "Use TLS with the certificate authorities of this JDK.")
  boolean tls;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description = "Use TLS and trust the certificates of this PEM file.")
  @Nullable File tlsCa;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "Use TLS and present this client certificate (PEM).")
  @Nullable File tlsCert;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "The key of --tls-cert (PEM).")
  @Nullable File tlsKey;

  @Option(
      names = "--insecure",
      description =
          "Connect to another host without TLS: traffic can be read and changed on the way.")
  boolean insecure;

  public Connection connect() {
    LogSetup.forClient();
    ChannelCredentials credentials = credentials();
    return Connection.open(address(), credentials, requestTimeout);
  }

  /**
   * The address of the server: the one that was given, or else the socket of the local server.
   *
   * @throws CommandFailed if none was given, and no local server can be called
   */
  public ServerAddress address() {
    if (server != null) {
      return server;
    }
    if (found == null) {
      found = LocalServer.address();
    }
    return found;
  }

  private ChannelCredentials credentials() {
    if ((tlsCert == null) != (tlsKey == null)) {
      throw new CommandFailed(ExitStatus.USAGE, "--tls-cert and --tls-key belong together.");
    }
    if (tls || tlsCa != null || tlsCert != null) {
      ChannelCredentials credentials = tlsCredentials();
      if (server == null) {
        throw new CommandFailed(
            ExitStatus.USAGE,
            "The Unix socket of the server on this host does not use TLS: give --server HOST:PORT"
                + " with the options for TLS.");
      }
      return credentials;
    }
    if (server != null && server.reach() == ServerAddress.Reach.NETWORK && !insecure) {
      throw new CommandFailed(
          ExitStatus.USAGE,
          server
              + " is not on this host: give --tls or --tls-ca FILE, or --insecure to connect"
              + " without TLS.");
    }
    return InsecureChannelCredentials.create();
  }

  private ChannelCredentials tlsCredentials() {
    var credentials = TlsChannelCredentials.newBuilder();
    try {
      if (tlsCa != null) {
        PemFiles.requireCertificates(tlsCa);
        credentials.trustManager(tlsCa);
      }
      if (tlsCert != null && tlsKey != null) {
        PemFiles.requirePair(tlsCert, tlsKey);
        credentials.keyManager(tlsCert, tlsKey);
      }
      return credentials.build();
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new CommandFailed(
          ExitStatus.USAGE,
          "The TLS files cannot be used: "
              + Optional.ofNullable(e.getMessage()).orElse(e.toString())
              + ".",
          e);
    }
  }

  /**
   * The options that make another command call the same server in the same way; empty by default.
   */
  public ImmutableList<String> words() {
    ImmutableList.Builder<String> words = ImmutableList.builder();
    if (server != null) {
      words.add("--server", server.text());
    }
    if (tls) {
      words.add("--tls");
    }
    add(words, "--tls-ca", tlsCa);
    add(words, "--tls-cert", tlsCert);
    add(words, "--tls-key", tlsKey);
    if (insecure) {
      words.add("--insecure");
    }
    return words.build();
  }

  private static void add(
      ImmutableList.Builder<String> words, String option, @Nullable File value) {
    if (value != null) {
      words.add(option, value.getPath());
    }
  }
}
