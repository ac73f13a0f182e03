package io.datastored.admin;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableList;
import io.datastored.access.Access;
import io.datastored.admin.metric.MetricSources;
import io.datastored.engine.Engine;
import io.datastored.lease.Leases;
import io.datastored.probe.Probes;
import io.datastored.promise.Replicas;
import io.datastored.service.Services;
import io.datastored.service.call.ServerLife;
import java.time.InstantSource;
import java.util.concurrent.Executor;

/**
 * Admin sources are the parts of a server that the admin listener shows. Immutable.
 *
 * @param engine its counters, tasks and troubles
 * @param leases their counts
 * @param replicas the servers with which this one shares its history
 * @param services answer Status
 * @param probes how many hang
 * @param life whether calls are answered
 * @param access who may see what
 * @param pools run the calls that may touch a disk
 * @param loops serve the connections
 * @param ticker monotonic time
 * @param wallClock for expected ends of maintenance
 */
public record AdminSources(
    Engine engine,
    Leases leases,
    Replicas replicas,
    Services services,
    Probes probes,
    ServerLife life,
    Access access,
    ImmutableList<Executor> pools,
    ImmutableList<Executor> loops,
    Ticker ticker,
    InstantSource wallClock) {

  /**
   * The rooms whose counts are shown.
   *
   * @param perDatastore how many datastores have metrics of their own
   */
  MetricSources metrics(int perDatastore) {
    return new MetricSources(
        engine, leases, replicas, services.counts(), probes, life, wallClock, perDatastore);
  }
}
