package io.datastored.engine.snapshot;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.datastored.config.DatastoreName;
import io.datastored.config.document.ConfigNotice;

/**
 * Snapshot faults are the faults and notices of a snapshot's configuration file. Immutable.
 *
 * @param bySection faults of sections whose name could be read
 * @param ofFile faults that belong to no section
 * @param notices findings that are not faults
 */
public record SnapshotFaults(
    ImmutableMap<DatastoreName, DatastoreFault> bySection,
    ImmutableList<DatastoreFault> ofFile,
    ImmutableList<ConfigNotice> notices) {

  public static final SnapshotFaults NONE =
      new SnapshotFaults(ImmutableMap.of(), ImmutableList.of(), ImmutableList.of());
}
