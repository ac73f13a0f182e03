package io.datastored.client;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Client options say how a client reaches its server and how it behaves. Immutable; made by {@link
 * #builder}.
 *
 * @param target where the server is
 * @param channels who begins the channels; empty: the client itself, with the credentials
 * @param credentials TLS, or clear text
 * @param client name of the program, shown to operators
 * @param version of the program, shown to operators
 * @param datastores which are kept in memory: names, or prefixes that end in {@code *}; empty: all
 * @param nearCache whether lookups may be answered from memory at all
 * @param times all times that the client keeps to
 * @param threads the threads that are shared; empty: the client has its own
 * @param sources where time, chance and names come from
 * @param metrics what is told of the client's work
 * @param negativeAnswers how many answers that there is no such datastore are remembered
 */
public record ClientOptions(
    String target,
    Optional<ChannelSource> channels,
    ChannelCredentials credentials,
    String client,
    String version,
    List<String> datastores,
    boolean nearCache,
    ClientTimes times,
    Optional<ClientThreads> threads,
    ClientSources sources,
    ClientMetrics metrics,
    int negativeAnswers) {

  /** What follows the only colon of a target without a scheme. */
  private static final Pattern PORT = Pattern.compile("(?!unix:|dns:)[^:/]*:([^:/]*)");

  public ClientOptions {
    if (channels.isEmpty() && !isTarget(target)) {
      throw new IllegalArgumentException(
          "'%s' is not the address of a server: give HOST:PORT or unix:/PATH".formatted(target));
    }
    if (datastores.size() > 1000) {
      throw new IllegalArgumentException("at most 1000 names and prefixes");
    }
    datastores = List.copyOf(datastores);
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

  @Override
  public String toString() {
    return "ClientOptions[%s as %s %s, datastores %s, %s]"
        .formatted(target, client, version, datastores.isEmpty() ? "all" : datastores, times);
  }

  /** A builder of options. Not thread-safe. */
  public static final class Builder {
    private final String target;
    private Optional<ChannelSource> channels = Optional.empty();
    private ChannelCredentials credentials = InsecureChannelCredentials.create();
    private String client = "java";
    private String version = "";
    private List<String> datastores = List.of();
    private boolean nearCache = true;
    private final ClientTimes.Builder times = new ClientTimes.Builder();
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
      this.datastores = namesAndPrefixes;
      return this;
    }

    /**
     * Keeps nothing in memory, for programs that take a lease or two: each lookup asks the server,
     * nothing is watched, no drain waits until a mode is applied here, a lease is given back with
     * its last handle, and the client never becomes FRESH.
     */
    public Builder withoutNearCache() {
      this.nearCache = false;
      return this;
    }

    /** Changes times. */
    public Builder times(Consumer<ClientTimes.Builder> changes) {
      changes.accept(times);
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
     * @throws IllegalArgumentException when the target cannot be the address of a server, there are
     *     more than 1000 names and prefixes, or a time breaks its rule
     */
    public ClientOptions build() {
      return new ClientOptions(
          target,
          channels,
          credentials,
          client,
          version,
          datastores,
          nearCache,
          times.build(),
          threads,
          sources,
          metrics,
          negativeAnswers);
    }
  }
}
