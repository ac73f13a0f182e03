package io.datastored.client;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Client options say how a client reaches its server and how it behaves. Immutable; made by {@link
 * #builder}.
 */
public final class ClientOptions {

  private final String target;
  private final Optional<ChannelSource> channels;
  private final ChannelCredentials credentials;
  private final String client;
  private final String version;
  private final List<String> datastores;
  private final ClientTimes times;
  private final Optional<ClientThreads> threads;
  private final ClientSources sources;
  private final ClientMetrics metrics;
  private final int negativeAnswers;

  private ClientOptions(Builder builder) {
    this.target = builder.target;
    this.channels = builder.channels;
    this.credentials = builder.credentials;
    this.client = builder.client;
    this.version = builder.version;
    this.datastores = List.copyOf(builder.datastores);
    this.times = builder.times;
    this.threads = builder.threads;
    this.sources = builder.sources;
    this.metrics = builder.metrics;
    this.negativeAnswers = builder.negativeAnswers;
  }

  /**
   * Begins options.
   *
   * @param target {@code HOST:PORT}, {@code unix:/PATH} (Linux), or any other gRPC target
   */
  public static Builder builder(String target) {
    return new Builder(target);
  }

  /** Options that differ in nothing but the target from the defaults. */
  public static ClientOptions of(String target) {
    return builder(target).build();
  }

  public String target() {
    return target;
  }

  /** Who begins the channels; empty: the client itself, with the credentials. */
  public Optional<ChannelSource> channels() {
    return channels;
  }

  public ChannelCredentials credentials() {
    return credentials;
  }

  /** Name of the program, shown to operators. */
  public String client() {
    return client;
  }

  /** Version of the program, shown to operators. */
  public String version() {
    return version;
  }

  /** Which datastores are kept in memory: names, or prefixes that end in {@code *}; empty: all. */
  public List<String> datastores() {
    return datastores;
  }

  public ClientTimes times() {
    return times;
  }

  /** The threads that are shared; empty: the client has its own. */
  public Optional<ClientThreads> threads() {
    return threads;
  }

  public ClientSources sources() {
    return sources;
  }

  public ClientMetrics metrics() {
    return metrics;
  }

  /** How many answers that there is no such datastore are remembered. */
  public int negativeAnswers() {
    return negativeAnswers;
  }

  @Override
  public String toString() {
    return "ClientOptions[%s as %s %s, datastores %s, %s]"
        .formatted(target, client, version, datastores.isEmpty() ? "all" : datastores, times);
  }

  /** A builder of options. Not thread-safe. */
  public static final class Builder {
    /** What follows the only colon of a target without a scheme. */
    private static final Pattern PORT = Pattern.compile("(?!unix:|dns:)[^:/]*:([^:/]*)");

    private final String target;
    private Optional<ChannelSource> channels = Optional.empty();
    private ChannelCredentials credentials = InsecureChannelCredentials.create();
    private String client = "java";
    private String version = "";
    private List<String> datastores = List.of();
    private ClientTimes times = ClientTimes.DEFAULT;
    private Optional<ClientThreads> threads = Optional.empty();
    private ClientSources sources = ClientSources.system();
    private ClientMetrics metrics = ClientMetrics.NONE;
    private int negativeAnswers = 1000;

    private Builder(String target) {
      this.target = target;
    }

    /** TLS, with or without an own certificate. The default is clear text. */
    public Builder credentials(ChannelCredentials chosen) {
      this.credentials = chosen;
      return this;
    }

    /** Other channels than over TCP or a Unix socket, for example in-process ones in tests. */
    public Builder channels(ChannelSource source) {
      this.channels = Optional.of(source);
      return this;
    }

    /** Who the client is, as shown to operators who wait for its leases. */
    public Builder holder(String program, String programVersion) {
      this.client = program;
      this.version = programVersion;
      return this;
    }

    /** The wanted ttl of the session. It is also the bound on staleness. */
    public Builder ttl(Duration ttl) {
      return times(all -> all.withTtl(ttl));
    }

    /** Keeps only these in memory; lookups of others always ask the server. */
    public Builder datastores(List<String> namesAndPrefixes) {
      if (namesAndPrefixes.size() > 1000) {
        throw new IllegalArgumentException("at most 1000 names and prefixes");
      }
      this.datastores = namesAndPrefixes;
      return this;
    }

    /** Changes times. */
    public Builder times(UnaryOperator<ClientTimes> change) {
      this.times = change.apply(times);
      return this;
    }

    /** Shares threads with other clients; whoever made them closes them, after the clients. */
    public Builder threads(ClientThreads shared) {
      this.threads = Optional.of(shared);
      return this;
    }

    public Builder sources(ClientSources chosen) {
      this.sources = chosen;
      return this;
    }

    public Builder metrics(ClientMetrics hook) {
      this.metrics = hook;
      return this;
    }

    /** How many answers that there is no such datastore are remembered; 0: none. */
    public Builder negativeAnswers(int most) {
      this.negativeAnswers = most;
      return this;
    }

    /**
     * Makes the options.
     *
     * @throws IllegalArgumentException when the target cannot be the address of a server
     */
    public ClientOptions build() {
      if (channels.isEmpty() && !isTarget(target)) {
        throw new IllegalArgumentException(
            "'%s' is not the address of a server: give HOST:PORT or unix:/PATH".formatted(target));
      }
      return new ClientOptions(this);
    }

    private static boolean isTarget(String target) {
      if (!target.matches("\\S+")) {
        return false;
      }
      Matcher port = PORT.matcher(target);
      return !port.matches()
          || port.group(1).matches("\\d{1,5}")
              && Integer.parseInt(port.group(1)) > 0
              && Integer.parseInt(port.group(1)) <= 65_535;
    }
  }
}
