package io.datastored.service.page;

import io.datastored.engine.LiveProcesses;
import io.datastored.engine.snapshot.Snapshot;
import java.time.Instant;

/**
 * A moment is what a look at the server is based on. Immutable.
 *
 * @param census the processes, read once for all datastores
 * @param now by the wall clock
 */
record Moment(Snapshot snapshot, LiveProcesses census, Instant now) {}
