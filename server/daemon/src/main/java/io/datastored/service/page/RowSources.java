package io.datastored.service.page;

import io.datastored.config.DatastoreName;
import io.datastored.drain.Drains;
import io.datastored.engine.Engine;
import io.datastored.probe.Probes;
import io.datastored.service.call.DatastoreStatuses;
import java.util.function.ToLongFunction;

/**
 * Row sources are the parts of a server that the rows of datastores come from. Immutable.
 *
 * @param leases live ones, by datastore
 * @param statuses show a datastore to a role
 */
public record RowSources(
    Engine engine,
    Drains drains,
    ToLongFunction<DatastoreName> leases,
    Probes probes,
    DatastoreStatuses statuses) {}
