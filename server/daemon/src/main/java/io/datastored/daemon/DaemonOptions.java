package io.datastored.daemon;

import com.google.common.collect.ImmutableList;
import io.datastored.drain.DrainOptions;
import io.datastored.engine.EngineOptions;
import io.datastored.engine.EngineOptions.Availability;
import io.datastored.lease.LeaseOptions;
import io.datastored.probe.ProbeOptions;
import io.datastored.service.call.ServiceOptions;
import io.datastored.watch.WatchLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Daemon options are the options of a server. Immutable; made by a {@link Builder}.
 *
 * @param engine the configuration and its state
 * @param listen the addresses to accept connections on, at least one
 * @param tls the server's certificate; empty: clear text, see {@code exposure}
 * @param exposure where a server without TLS may be reachable from
 * @param transport bounds of one connection
 * @param calls bounds of the calls that may touch a disk
 * @param leases bounds and intervals of leases
 * @param drains bounds and intervals of drains
 * @param watches bounds of watches
 * @param probes how file systems are probed
 * @param service how long calls wait
 * @param grace how long a stopping server waits for the calls in flight. It must be less than the
 *     time after which the service manager kills (systemd: 90 s, Kubernetes: 30 s).
 * @param version of the software, as shown to clients
 */
public record DaemonOptions(
    EngineOptions engine,
    ImmutableList<ListenAddress> listen,
    Optional<TlsFiles> tls,
    Exposure exposure,
    TransportLimits transport,
    CallThreads calls,
    LeaseOptions leases,
    DrainOptions drains,
    WatchLimits watches,
    ProbeOptions probes,
    ServiceOptions service,
    Duration grace,
    String version) {

  /** The default listen address. */
  public static final String DEFAULT_ADDRESS = "127.0.0.1:7400";

  public DaemonOptions {
    if (listen.isEmpty()) {
      throw new IllegalArgumentException("there is no address to listen on");
    }
    if (grace.isNegative()) {
      throw new IllegalArgumentException("the grace period must not be negative: " + grace);
    }
  }

  /** A builder of daemon options; unset options keep their defaults. Not thread-safe. */
  public static final class Builder {
    public final EngineOptions.Builder engine;
    public List<ListenAddress> listen = List.of(ListenAddress.parse(DEFAULT_ADDRESS));
    public Optional<TlsFiles> tls = Optional.empty();
    public Exposure exposure = Exposure.GUARDED;
    public final TransportLimits.Builder transport = new TransportLimits.Builder();
    public CallThreads calls = CallThreads.defaults();
    public final LeaseOptions.Builder leases = new LeaseOptions.Builder();
    public final DrainOptions.Builder drains = new DrainOptions.Builder();
    public WatchLimits watches = WatchLimits.defaults();
    public ProbeOptions probes = ProbeOptions.defaults();
    public ServiceOptions service = ServiceOptions.defaults();
    public Duration grace = Duration.ofSeconds(10);
    public String version = "unknown";

    public Builder(Path configFile, Path stateDirectory) {
      engine = new EngineOptions.Builder(configFile, stateDirectory);
      engine.availability = Availability.COMMIT;
      engine.program = "datastored";
    }

    public DaemonOptions build() {
      return new DaemonOptions(
          engine.build(),
          ImmutableList.copyOf(listen),
          tls,
          exposure,
          transport.build(),
          calls,
          leases.build(),
          drains.build(),
          watches,
          probes,
          service,
          grace,
          version);
    }
  }
}
