package io.datastored.service.page;

import io.datastored.engine.LiveProcesses;
import io.datastored.engine.snapshot.Snapshot;
import java.time.Instant;

/**
 * A moment is the state of the server that one update of the status page is made from. Immutable.
 *
 * @param census the processes, read once for all datastores
 * @param now by the wall clock
 */
record Moment(Snapshot snapshot, LiveProcesses census, Instant now) {}
