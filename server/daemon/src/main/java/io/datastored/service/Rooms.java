package io.datastored.service;

import com.google.common.collect.ImmutableList;
import io.datastored.engine.Engine;
import io.datastored.lease.Leases;
import io.datastored.probe.Probes;
import io.datastored.promise.Peers;
import io.datastored.service.call.ServerLife;
import io.datastored.watch.WatchFeed;

/**
 * The rooms that the services answer from. Immutable.
 *
 * @param engine permits and counts operations, keeps the configuration
 * @param feed tells watches what is published
 * @param leases keeps what is promised to remote clients
 * @param probes knows what file systems said last
 * @param life knows what the server is doing
 * @param lookers who else may use the datastores, in the order in which drains ask them
 */
public record Rooms(
    Engine engine,
    WatchFeed feed,
    Leases leases,
    Probes probes,
    ServerLife life,
    ImmutableList<Peers> lookers) {}
