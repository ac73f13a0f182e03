package io.datastored.engine;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceSetting;
import io.datastored.engine.snapshot.Etag;
import java.time.Instant;
import java.util.Optional;

/**
 * A maintenance change is a request to set or clear the maintenance mode of a datastore. Immutable.
 *
 * @param name the datastore
 * @param setting the mode and message; mode NONE puts the datastore back into service
 * @param expectedEnd when the operator expects to be done
 * @param setBy who requests it, for display
 * @param expected the etag that must still hold; empty: any
 */
public record MaintenanceChange(
    DatastoreName name,
    MaintenanceSetting setting,
    Optional<Instant> expectedEnd,
    Optional<String> setBy,
    Optional<Etag> expected) {}
