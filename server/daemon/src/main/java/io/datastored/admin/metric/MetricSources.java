package io.datastored.admin.metric;

import io.datastored.engine.Engine;
import io.datastored.lease.Leases;
import io.datastored.probe.Probes;
import io.datastored.promise.Replicas;
import io.datastored.service.ServiceCounts;
import io.datastored.service.call.ServerLife;
import java.time.InstantSource;

/**
 * Metric sources are the parts of the server whose counts are shown. Immutable.
 *
 * @param perDatastore how many datastores get series of their own
 */
public record MetricSources(
    Engine engine,
    Leases leases,
    Replicas replicas,
    ServiceCounts services,
    Probes probes,
    ServerLife life,
    InstantSource wallClock,
    int perDatastore) {}
