package io.datastored.etcd.history;

import io.datastored.config.MaintenanceMode;
import io.datastored.history.Revision;

/**
 * A stored mode is the mode of a datastore that is served, and when its key was written. Immutable.
 *
 * @param since the revision that set it
 * @param key of the datastore
 * @param modified the revision of etcd that wrote the key; 0: somebody has deleted it
 */
public record StoredMode(MaintenanceMode mode, Revision since, String key, long modified) {}
