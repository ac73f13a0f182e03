package io.datastored.service;

import com.google.common.collect.ImmutableList;
import io.datastored.engine.Engine;
import io.datastored.lease.Leases;
import io.datastored.probe.Probes;
import io.datastored.promise.Peers;
import io.datastored.service.call.ServerLife;
import io.datastored.watch.WatchFeed;

/**
 * Rooms are the parts of the server that the services use. Immutable.
 *
 * @param engine permits and counts operations, and keeps the configuration
 * @param feed notifies watches of each publication
 * @param leases keeps the leases and sessions of remote clients
 * @param probes caches what file systems last reported
 * @param life knows the state of the server
 * @param lookers other users of the datastores, in the order in which drains ask them
 */
public record Rooms(
    Engine engine,
    WatchFeed feed,
    Leases leases,
    Probes probes,
    ServerLife life,
    ImmutableList<Peers> lookers) {}
