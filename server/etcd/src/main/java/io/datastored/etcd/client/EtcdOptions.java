package io.datastored.etcd.client;

import com.google.common.collect.ImmutableList;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Etcd options say which members of etcd are asked, and how. Immutable.
 *
 * @param endpoints the members, in the order in which they are tried
 * @param requestTimeout how long one attempt at one member may take, its connection included; the
 *     opening of a watch, too. Default 2 s
 * @param mostResponseBytes the largest message that is taken. A range that is larger is refused;
 *     etcd splits what a watch sends. Default 16 MiB
 * @param tls files for TLS, if other than the authorities of the JDK and no certificate
 * @param login user and password; unset if etcd asks for none, or takes the user from the
 *     certificate
 */
public record EtcdOptions(
    ImmutableList<Endpoint> endpoints,
    Duration requestTimeout,
    int mostResponseBytes,
    Optional<Tls> tls,
    Optional<Login> login) {

  public EtcdOptions {
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException("no endpoint");
    }
    if (requestTimeout.isNegative() || requestTimeout.isZero()) {
      throw new IllegalArgumentException("requestTimeout must be positive");
    }
    if (mostResponseBytes <= 0) {
      throw new IllegalArgumentException("mostResponseBytes must be positive");
    }
  }

  public static Builder builder() {
    return new Builder();
  }

  /** An endpoint is where a member of etcd serves its clients. Immutable. */
  public record Endpoint(String host, int port, boolean secure) {

    private static final int PORT = 2379;

    /**
     * Reads {@code host}, {@code host:port}, {@code http://host:port} or {@code https://host:port};
     * the port is 2379 if there is none.
     *
     * @param secureIfUnsaid whether TLS is used if the text has no scheme
     * @throws IllegalArgumentException if it is none of these
     */
    static Endpoint parse(String text, Security secureIfUnsaid) {
      String scheme = secureIfUnsaid == Security.TLS ? "https://" : "http://";
      try {
        URI uri = new URI(text.contains("://") ? text : scheme + text);
        boolean known = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        if (known && uri.getHost() != null && uri.getPath().matches("/?")) {
          int port = uri.getPort() < 0 ? PORT : uri.getPort();
          return new Endpoint(uri.getHost(), port, "https".equals(uri.getScheme()));
        }
      } catch (URISyntaxException e) {
        throw new IllegalArgumentException(refusal(text), e);
      }
      throw new IllegalArgumentException(refusal(text));
    }

    private static String refusal(String text) {
      return "invalid endpoint \"" + text + "\" (expected host:port or https://host:port)";
    }

    @Override
    public String toString() {
      return (secure ? "https://" : "http://") + host + ":" + port;
    }
  }

  /** Whether a connection is encrypted. */
  enum Security {
    PLAIN,
    TLS
  }

  /**
   * Files in PEM form. Immutable.
   *
   * @param authority the certificates of those who sign for etcd; unset: those of the JDK
   * @param identity the certificate that is shown to etcd, and its key; unset: none
   */
  public record Tls(Optional<Path> authority, Optional<Identity> identity) {}

  /** A certificate and its key, as files in PEM form. Immutable. */
  public record Identity(Path certificate, Path key) {}

  /** A user of etcd. Immutable. */
  public record Login(String user, String password) {

    @Override
    public String toString() {
      return user;
    }
  }

  /** A builder of options. Confined to one thread. */
  public static final class Builder {

    private List<String> endpoints = List.of();
    private Duration requestTimeout = Duration.ofSeconds(2);
    private int mostResponseBytes = 16 << 20;
    private Optional<Tls> tls = Optional.empty();
    private Optional<Login> login = Optional.empty();

    private Builder() {}

    /**
     * See {@link Endpoint}: {@code host:port}, or an address with {@code http} or {@code https}.
     */
    public Builder endpoints(List<String> endpoints) {
      this.endpoints = ImmutableList.copyOf(endpoints);
      return this;
    }

    public Builder endpoints(String... endpoints) {
      return endpoints(ImmutableList.copyOf(endpoints));
    }

    public Builder requestTimeout(Duration requestTimeout) {
      this.requestTimeout = requestTimeout;
      return this;
    }

    public Builder mostResponseBytes(int mostResponseBytes) {
      this.mostResponseBytes = mostResponseBytes;
      return this;
    }

    /** With these files; endpoints without a scheme are then reached by TLS. */
    public Builder tls(Tls tls) {
      this.tls = Optional.of(tls);
      return this;
    }

    public Builder login(String user, String password) {
      this.login = Optional.of(new Login(user, password));
      return this;
    }

    /**
     * The options.
     *
     * @throws IllegalArgumentException if there is no endpoint, or a value is out of range
     */
    public EtcdOptions build() {
      Security unsaid = tls.isPresent() ? Security.TLS : Security.PLAIN;
      return new EtcdOptions(
          endpoints.stream()
              .map(endpoint -> Endpoint.parse(endpoint, unsaid))
              .collect(ImmutableList.toImmutableList()),
          requestTimeout,
          mostResponseBytes,
          tls,
          login);
    }
  }
}
