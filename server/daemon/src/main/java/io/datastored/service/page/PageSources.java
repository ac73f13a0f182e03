package io.datastored.service.page;

import com.google.common.base.Ticker;
import io.datastored.lease.LiveSessions;
import io.datastored.lease.SessionTable;
import io.datastored.service.call.Authors;
import io.datastored.service.call.ServerStatuses;
import io.datastored.service.stream.OpenWatches;
import io.datastored.service.wire.CallCounts;
import java.time.InstantSource;

/**
 * Page sources are the parts of a server that the status page shows. Immutable.
 *
 * @param rows where the rows of datastores come from
 * @param servers show the server to a caller
 * @param authors who has made the last changes
 */
public record PageSources(
    RowSources rows,
    ServerStatuses servers,
    SessionTable sessions,
    LiveSessions liveSessions,
    OpenWatches watches,
    CallCounts calls,
    Authors authors,
    InstantSource clock,
    Ticker ticker) {}
