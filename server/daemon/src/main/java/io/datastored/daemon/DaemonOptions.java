package io.datastored.daemon;

import com.google.common.collect.ImmutableList;
import io.datastored.drain.DrainOptions;
import io.datastored.engine.EngineOptions;
import io.datastored.engine.EngineOptions.Availability;
import io.datastored.lease.LeaseOptions;
import io.datastored.probe.ProbeOptions;
import io.datastored.service.ServiceOptions;
import io.datastored.watch.WatchLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Daemon options are what a server can be told. Immutable; {@link #of} has the defaults, the {@code
 * with…} methods make changed copies.
 *
 * @param engine the configuration and its state
 * @param listen where connections are accepted, at least one address
 * @param tls the server's certificate; empty: clear text, see {@code exposure}
 * @param exposure how far a server without TLS may be seen
 * @param transport bounds of one connection
 * @param calls bounds of the calls that may touch a disk
 * @param leases bounds and rhythm of leases
 * @param drains rhythm and bounds of drains
 * @param watches bounds of watches
 * @param probes how file systems are asked
 * @param service how long calls wait
 * @param grace how long a stopping server waits for the calls in flight. It must be below the time
 *     after which the service manager kills (systemd: 90 s, Kubernetes: 30 s).
 * @param version of the software, as told to clients
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

  /** Where a server listens unless it is told otherwise. */
  public static final String DEFAULT_ADDRESS = "127.0.0.1:7400";

  public DaemonOptions {
    if (listen.isEmpty()) {
      throw new IllegalArgumentException("no address to listen on");
    }
    if (grace.isNegative()) {
      throw new IllegalArgumentException("the grace is not negative: " + grace);
    }
  }

  /** The defaults for a configuration file and a state directory. */
  public static DaemonOptions of(Path configFile, Path stateDirectory) {
    return new DaemonOptions(
        EngineOptions.of(configFile, stateDirectory)
            .withAvailability(Availability.COMMIT)
            .withProgram("datastored"),
        ImmutableList.of(ListenAddress.parse(DEFAULT_ADDRESS)),
        Optional.empty(),
        Exposure.GUARDED,
        TransportLimits.defaults(),
        CallThreads.DEFAULT,
        LeaseOptions.DEFAULT,
        DrainOptions.DEFAULT,
        WatchLimits.DEFAULT,
        ProbeOptions.defaults(),
        ServiceOptions.DEFAULT,
        Duration.ofSeconds(10),
        "unknown");
  }

  public DaemonOptions withEngine(EngineOptions other) {
    return new DaemonOptions(
        other, listen, tls, exposure, transport, calls, leases, drains, watches, probes, service,
        grace, version);
  }

  public DaemonOptions withListen(List<ListenAddress> other) {
    return new DaemonOptions(
        engine,
        ImmutableList.copyOf(other),
        tls,
        exposure,
        transport,
        calls,
        leases,
        drains,
        watches,
        probes,
        service,
        grace,
        version);
  }

  public DaemonOptions withTls(TlsFiles other) {
    return new DaemonOptions(
        engine,
        listen,
        Optional.of(other),
        exposure,
        transport,
        calls,
        leases,
        drains,
        watches,
        probes,
        service,
        grace,
        version);
  }

  public DaemonOptions withExposure(Exposure other) {
    return new DaemonOptions(
        engine, listen, tls, other, transport, calls, leases, drains, watches, probes, service,
        grace, version);
  }

  public DaemonOptions withTransport(TransportLimits other) {
    return new DaemonOptions(
        engine, listen, tls, exposure, other, calls, leases, drains, watches, probes, service,
        grace, version);
  }

  public DaemonOptions withCalls(CallThreads other) {
    return new DaemonOptions(
        engine, listen, tls, exposure, transport, other, leases, drains, watches, probes, service,
        grace, version);
  }

  public DaemonOptions withLeases(LeaseOptions other) {
    return new DaemonOptions(
        engine, listen, tls, exposure, transport, calls, other, drains, watches, probes, service,
        grace, version);
  }

  public DaemonOptions withDrains(DrainOptions other) {
    return new DaemonOptions(
        engine, listen, tls, exposure, transport, calls, leases, other, watches, probes, service,
        grace, version);
  }

  public DaemonOptions withWatches(WatchLimits other) {
    return new DaemonOptions(
        engine, listen, tls, exposure, transport, calls, leases, drains, other, probes, service,
        grace, version);
  }

  public DaemonOptions withProbes(ProbeOptions other) {
    return new DaemonOptions(
        engine, listen, tls, exposure, transport, calls, leases, drains, watches, other, service,
        grace, version);
  }

  public DaemonOptions withService(ServiceOptions other) {
    return new DaemonOptions(
        engine, listen, tls, exposure, transport, calls, leases, drains, watches, probes, other,
        grace, version);
  }

  public DaemonOptions withGrace(Duration other) {
    return new DaemonOptions(
        engine, listen, tls, exposure, transport, calls, leases, drains, watches, probes, service,
        other, version);
  }

  public DaemonOptions withVersion(String other) {
    return new DaemonOptions(
        engine, listen, tls, exposure, transport, calls, leases, drains, watches, probes, service,
        grace, other);
  }
}
