package io.datastored.daemon;

import com.google.common.collect.ImmutableList;
import io.datastored.access.AccessOptions;
import io.datastored.access.AuditOptions;
import io.datastored.admin.AdminOptions;
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
 * @param replica the etcd with the history of this server, which then is one of several: of {@code
 *     engine}, the configuration file and the run directory are not used; empty: the history is in
 *     the files of {@code engine}
 * @param listen the addresses to accept connections on; empty: {@link #DEFAULT_ADDRESS}, and a Unix
 *     socket in the first of the {@link SocketPlaces} that can be used
 * @param socketAccess who may connect to Unix sockets
 * @param tls the server's certificate; empty: clear text, see {@code exposure}
 * @param exposure where a server without TLS may be reachable from
 * @param access who may do what
 * @param audit what is recorded where
 * @param admin whether and where the server shows over HTTP how it is
 * @param transport bounds of one connection
 * @param calls bounds of calls
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
    Optional<ReplicaOptions> replica,
    ImmutableList<ListenAddress> listen,
    SocketAccess socketAccess,
    Optional<TlsFiles> tls,
    Exposure exposure,
    AccessOptions access,
    AuditOptions audit,
    AdminOptions admin,
    TransportLimits transport,
    CallOptions calls,
    LeaseOptions leases,
    DrainOptions drains,
    WatchLimits watches,
    ProbeOptions probes,
    ServiceOptions service,
    Duration grace,
    String version) {

  /** The default listen address for TCP. */
  public static final String DEFAULT_ADDRESS = "127.0.0.1:7400";

  private static final long UPKEEP_TICKS = 10;

  public DaemonOptions {
    if (grace.isNegative()) {
      throw new IllegalArgumentException("the grace period must not be negative: " + grace);
    }
  }

  /** Where the configuration is, for display: a file, or a place in an etcd. */
  public String source() {
    return replica.map(ReplicaOptions::source).orElseGet(() -> engine.configFile().toString());
  }

  /** The file with the configuration; empty if it is in an etcd. */
  public Optional<Path> configFile() {
    return replica.isPresent() ? Optional.empty() : Optional.of(engine.configFile());
  }

  /** How often a server does what is not urgent: once a second with the default tick. */
  Duration upkeep() {
    return leases.tick().multipliedBy(UPKEEP_TICKS);
  }

  /** A builder of daemon options; unset options keep their defaults. Not thread-safe. */
  public static final class Builder {
    public final EngineOptions.Builder engine;
    public Optional<ReplicaOptions> replica = Optional.empty();
    public List<ListenAddress> listen = List.of();
    public SocketAccess socketAccess = SocketAccess.defaults();
    public Optional<TlsFiles> tls = Optional.empty();
    public Exposure exposure = Exposure.GUARDED;
    public final AccessOptions.Builder access = new AccessOptions.Builder();
    public final AuditOptions.Builder audit = new AuditOptions.Builder();
    public final AdminOptions.Builder admin = new AdminOptions.Builder();
    public final TransportLimits.Builder transport = new TransportLimits.Builder();
    public final CallOptions.Builder calls = new CallOptions.Builder();
    public final LeaseOptions.Builder leases = new LeaseOptions.Builder();
    public final DrainOptions.Builder drains = new DrainOptions.Builder();
    public final WatchLimits.Builder watches = new WatchLimits.Builder();
    public final ProbeOptions.Builder probes = new ProbeOptions.Builder();
    public final ServiceOptions.Builder service = new ServiceOptions.Builder();
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
          replica,
          ImmutableList.copyOf(listen),
          socketAccess,
          tls,
          exposure,
          access.build(),
          audit.build(),
          admin.build(),
          transport.build(),
          calls.build(),
          leases.build(),
          drains.build(),
          watches.build(),
          probes.build(),
          service.build(),
          grace,
          version);
    }
  }
}
