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
 * Client options define how a client connects to its server and how it behaves. Immutable; built by
 * {@link #builder}.
 *
 * @param targets addresses of the servers that share one history, one of which is used at a time:
 *     {@code HOST:PORT}, {@code unix:/PATH} or another gRPC target each; at least one
 * @param channels source of the channels; empty: the client creates them itself, with the
 *     credentials
 * @param credentials TLS, or plaintext
 * @param client name of the program, shown to operators
 * @param version version of the program, shown to operators
 * @param datastores the datastores that are kept in memory: at most 1000 names, or prefixes that
 *     end in {@code *}; empty: all
 * @param nearCache whether lookups may be answered from memory
 * @param times periods and timeouts of the client
 * @param threads threads that are shared with other clients; empty: the client starts its own
 * @param sources sources of time, randomness and ids
 * @param metrics hook that receives the client's metrics
 * @param negativeAnswers maximum number of answers "there is no such datastore" that are
 *     remembered; 0: none
 */
public record ClientOptions(
    List<String> targets,
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

  /** Matches a target without a scheme; its group is the port, which follows the only colon. */
  private static final Pattern PORT = Pattern.compile("(?!unix:|dns:)[^:/]*:([^:/]*)");

  /** Matches targets that are separated by commas, the second one of which shows that it is one. */
  private static final Pattern LIST = Pattern.compile("[^,/]+:[^,]+,\\s*[^,/]+:.+");

  public ClientOptions {
    targets = List.copyOf(targets);
    if (targets.isEmpty()) {
      throw new IllegalArgumentException("at least one address of a server is needed");
    }
    for (String target : targets) {
      if (channels.isEmpty() && LIST.matcher(target).matches()) {
        throw new IllegalArgumentException(
            "'%s' names several servers: give each of them as a string of its own, with builder(List.of(\"%s\"))"
                .formatted(target, target.replaceAll("\\s*,\\s*", "\", \"")));
      }
      if (channels.isEmpty() && !isTarget(target)) {
        throw new IllegalArgumentException(
            "'%s' is not the address of a server: give HOST:PORT or unix:/PATH".formatted(target));
      }
    }
    if (datastores.size() > 1000) {
      throw new IllegalArgumentException("at most 1000 names and prefixes");
    }
    datastores = List.copyOf(datastores);
  }

  /**
   * Starts building options.
   *
   * @param target {@code HOST:PORT}, {@code unix:/PATH} (Linux), or any other gRPC target
   */
  public static Builder builder(String target) {
    return builder(List.of(target));
  }

  /**
   * Starts building options for a client of several servers that share one history. It uses one of
   * them at a time, in an order of its own, and goes on at the next one if that cannot be reached
   * or can promise nothing: its leases are continued there, and its watch resumes there.
   *
   * @param targets at least one, each as for {@link #builder(String)}
   */
  public static Builder builder(List<String> targets) {
    return new Builder(targets);
  }

  /** Options with this target and defaults for everything else. */
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
        .formatted(
            String.join(",", targets),
            client,
            version,
            datastores.isEmpty() ? "all" : datastores,
            times);
  }

  /** A builder collects the values of client options. Not thread-safe. */
  public static final class Builder {
    private final List<String> targets;
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

    private Builder(List<String> targets) {
      this.targets = targets;
    }

    /** Sets TLS, with or without a client certificate. The default is plaintext. */
    public Builder credentials(ChannelCredentials chosen) {
      this.credentials = chosen;
      return this;
    }

    /**
     * Uses channels other than TCP or Unix sockets, for example in-process channels in tests. The
     * credentials are then not used.
     */
    public Builder channels(ChannelSource source) {
      this.channels = Optional.of(source);
      return this;
    }

    /**
     * Sets the name and version of the program, shown to operators who wait for its leases. The
     * defaults are {@code java} and the empty string.
     */
    public Builder holder(String program, String programVersion) {
      this.client = program;
      this.version = programVersion;
      return this;
    }

    /**
     * Sets the requested ttl of the session, which also bounds the age of answers from memory. The
     * server adjusts it to its limits (by default 1 s to 60 s). The default is 10 s.
     */
    public Builder ttl(Duration ttl) {
      return times(all -> all.withTtl(ttl));
    }

    /**
     * Keeps only these datastores in memory: at most 1000 names, or prefixes that end in {@code *}.
     * Lookups of others always ask the server. The default, an empty list, keeps all.
     */
    public Builder datastores(List<String> namesAndPrefixes) {
      this.datastores = namesAndPrefixes;
      return this;
    }

    /**
     * Keeps nothing in memory, for programs that need only a few leases. Each lookup asks the
     * server and nothing is watched; no drain waits for this client to apply a mode; a lease is
     * released with its last handle; the client never becomes FRESH.
     */
    public Builder withoutNearCache() {
      this.nearCache = false;
      return this;
    }

    /** Changes periods and timeouts; calls add up. */
    public Builder times(Consumer<ClientTimes.Builder> changes) {
      changes.accept(times);
      return this;
    }

    /**
     * Shares threads with other clients. The client does not close them: their creator does, after
     * closing all clients.
     */
    public Builder threads(ClientThreads shared) {
      this.threads = Optional.of(shared);
      return this;
    }

    /** Sets the sources of time, randomness and ids, for tests. The default is the system's. */
    public Builder sources(ClientSources chosen) {
      this.sources = chosen;
      return this;
    }

    /** Sets the hook that receives metrics. The default records nothing. */
    public Builder metrics(ClientMetrics hook) {
      this.metrics = hook;
      return this;
    }

    /**
     * Sets how many answers "there is no such datastore" are remembered; 0: none. The default is
     * 1000.
     */
    public Builder negativeAnswers(int most) {
      this.negativeAnswers = most;
      return this;
    }

    /**
     * Builds the options.
     *
     * @throws IllegalArgumentException if a target is not an address or there is none, there are
     *     more than 1000 names and prefixes, or a time violates the rules of {@link ClientTimes}
     */
    public ClientOptions build() {
      return new ClientOptions(
          targets,
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
