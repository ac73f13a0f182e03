package io.datastored.service;

import com.google.common.collect.ImmutableList;
import io.datastored.access.Shares;
import io.datastored.service.stream.OpenDrains;
import io.datastored.service.stream.OpenWatches;
import io.datastored.service.trace.SlowCalls;
import io.datastored.service.wire.CallCounts;

/**
 * Service counts are what the services count of their clients. Immutable.
 *
 * @param calls that have ended
 * @param slow calls of them
 * @param watches that are open
 * @param drains that are open
 * @param limits what clients can take up, and have taken
 */
public record ServiceCounts(
    CallCounts calls,
    SlowCalls slow,
    OpenWatches watches,
    OpenDrains drains,
    ImmutableList<Shares> limits) {}
