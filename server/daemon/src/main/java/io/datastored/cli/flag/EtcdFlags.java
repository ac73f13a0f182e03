package io.datastored.cli.flag;

import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.etcd.client.EtcdClient;
import io.datastored.etcd.client.EtcdOptions;
import io.datastored.etcd.history.Keys;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags for an etcd: which one, how it is reached, and where in it a history is. */
public class EtcdFlags {

  @Option(
      names = "--etcd-endpoints",
      split = ",",
      paramLabel = "HOST:PORT",
      description =
          "Where the members of etcd serve clients, separated by commas: HOST, HOST:PORT,"
              + " http://HOST:PORT or https://HOST:PORT. The port is 2379 unless given.")
  List<String> endpoints = List.of();

  @Option(
      names = "--etcd-prefix",
      paramLabel = "PREFIX",
      description =
          "The prefix of all keys: one configuration and its history have one prefix (default:"
              + " ${DEFAULT-VALUE}).")
  String prefix = Keys.DEFAULT.prefix();

  @Option(
      names = "--etcd-ca",
      paramLabel = "FILE",
      description = "Use TLS and trust the certificates of this PEM file.")
  @Nullable File ca;

  @Option(
      names = "--etcd-cert",
      paramLabel = "FILE",
      description =
          "Use TLS and present this client certificate (PEM). With client certificate"
              + " authentication, its common name is the user of etcd.")
  @Nullable File cert;

  @Option(names = "--etcd-key", paramLabel = "FILE", description = "The key of --etcd-cert (PEM).")
  @Nullable File key;

  @Option(
      names = "--etcd-user",
      paramLabel = "USER",
      description = "The user of etcd, with --etcd-password-file.")
  @Nullable String user;

  @Option(
      names = "--etcd-password-file",
      paramLabel = "FILE",
      description = "A file with the password of --etcd-user.")
  @Nullable Path passwordFile;

  @Option(
      names = "--etcd-request-timeout",
      paramLabel = "DURATION",
      description =
          "How long one member of etcd may take to answer, before the next one is asked (default:"
              + " ${DEFAULT-VALUE}).")
  Duration requestTimeout = Duration.ofSeconds(2);

  /** The members as they were given, for display. */
  public final String endpoints() {
    return String.join(",", endpoints);
  }

  /**
   * Where the history is.
   *
   * @throws CommandFailed when the prefix cannot be one
   */
  public final Keys keys() {
    try {
      return new Keys(prefix);
    } catch (IllegalArgumentException e) {
      throw new CommandFailed(
          ExitStatus.USAGE,
          "Invalid --etcd-prefix '%s': it must end with '/', such as %s."
              .formatted(prefix, Keys.DEFAULT.prefix()),
          e);
    }
  }

  /**
   * A client, which connects with its first call.
   *
   * @throws CommandFailed when the options do not fit together, or a file cannot be used
   */
  public final EtcdClient connect() {
    LogSetup.forClient();
    EtcdOptions options = options();
    try {
      return EtcdClient.open(options);
    } catch (IOException | IllegalArgumentException e) {
      throw options.tls().isPresent() ? unusable(e) : invalid(e);
    }
  }

  /**
   * How it is reached.
   *
   * @throws CommandFailed when the options do not fit together, or a file cannot be used
   */
  final EtcdOptions options() {
    if (endpoints.isEmpty()) {
      throw new CommandFailed(
          ExitStatus.USAGE,
          "Give the members of etcd: --etcd-endpoints HOST:PORT,HOST:PORT (or"
              + " DATASTORED_ETCD_ENDPOINTS).");
    }
    requireTogether("--etcd-cert", cert, "--etcd-key", key);
    requireTogether("--etcd-user", user, "--etcd-password-file", passwordFile);
    EtcdOptions.Builder options =
        EtcdOptions.builder().endpoints(endpoints).requestTimeout(requestTimeout);
    if (ca != null || cert != null) {
      options.tls(tls());
    }
    if (user != null && passwordFile != null) {
      options.login(user, password(passwordFile));
    }
    try {
      return options.build();
    } catch (IllegalArgumentException e) {
      throw new CommandFailed(
          ExitStatus.USAGE,
          "Invalid value (--etcd-endpoints, --etcd-request-timeout): %s.".formatted(e.getMessage()),
          e);
    }
  }

  private static void requireTogether(
      String one, @Nullable Object first, String other, @Nullable Object second) {
    if ((first == null) != (second == null)) {
      throw new CommandFailed(ExitStatus.USAGE, one + " and " + other + " belong together.");
    }
  }

  private EtcdOptions.Tls tls() {
    try {
      if (ca != null) {
        PemFiles.requireCertificates(ca);
      }
      Optional<EtcdOptions.Identity> identity = Optional.empty();
      if (cert != null && key != null) {
        PemFiles.requirePair(cert, key);
        identity = Optional.of(new EtcdOptions.Identity(cert.toPath(), key.toPath()));
      }
      return new EtcdOptions.Tls(Optional.ofNullable(ca).map(File::toPath), identity);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw unusable(e);
    }
  }

  private static CommandFailed invalid(Exception e) {
    return new CommandFailed(
        ExitStatus.USAGE, "The options for etcd cannot be used: %s.".formatted(e.getMessage()), e);
  }

  private static CommandFailed unusable(Exception e) {
    return new CommandFailed(
        ExitStatus.USAGE,
        "The TLS files for etcd cannot be used: "
            + Optional.ofNullable(e.getMessage()).orElse(e.toString())
            + ".",
        e);
  }

  private static String password(Path file) {
    try {
      return Files.readString(file).replaceFirst("\\R\\z", "");
    } catch (IOException e) {
      throw new CommandFailed(
          ExitStatus.USAGE,
          "The file with the password of etcd cannot be read: %s.".formatted(e.getMessage()),
          e);
    }
  }
}
