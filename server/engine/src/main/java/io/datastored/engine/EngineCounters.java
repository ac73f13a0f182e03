package io.datastored.engine;

import com.google.common.collect.ImmutableMap;
import java.time.Duration;

/**
 * Engine counters count the expensive work that an engine has done. Immutable.
 *
 * @param loads reads of the configuration file
 * @param reloads snapshots published
 * @param commits states committed by this engine
 * @param causes why snapshots were published; has every cause
 * @param commitTimes what commits have spent their time on; has every part
 */
public record EngineCounters(
    long loads,
    long reloads,
    long commits,
    ImmutableMap<ReloadCause, Long> causes,
    ImmutableMap<CommitTimes.Part, Duration> commitTimes) {}
