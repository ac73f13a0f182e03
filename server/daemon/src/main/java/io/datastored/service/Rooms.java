package io.datastored.service;

import com.google.common.collect.ImmutableList;
import io.datastored.access.Access;
import io.datastored.access.AuditTrail;
import io.datastored.engine.Engine;
import io.datastored.lease.Leases;
import io.datastored.probe.Probes;
import io.datastored.promise.Confirmation;
import io.datastored.promise.Peers;
import io.datastored.promise.Replicas;
import io.datastored.service.call.ServerLife;
import io.datastored.service.trace.Traces;
import io.datastored.watch.WatchFeed;
import java.util.Optional;

/**
 * Rooms are the parts of the server that the services use. Immutable.
 *
 * @param engine permits and counts operations, and keeps the configuration
 * @param feed notifies watches of each publication
 * @param leases keeps the leases and sessions of remote clients
 * @param confirmation shows that everything is served that other servers have committed
 * @param replicas the servers with which this one shares its history
 * @param probes caches what file systems last reported
 * @param life knows the state of the server
 * @param access who may do what
 * @param audit who did what
 * @param traces where calls are traced, if the operator wants that
 * @param lookers other users of the datastores, in the order in which drains ask them
 */
public record Rooms(
    Engine engine,
    WatchFeed feed,
    Leases leases,
    Confirmation confirmation,
    Replicas replicas,
    Probes probes,
    ServerLife life,
    Access access,
    AuditTrail audit,
    Optional<Traces> traces,
    ImmutableList<Peers> lookers) {}
