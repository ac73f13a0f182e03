package io.datastored.engine;

/**
 * Engine counters count the expensive work that an engine has done. Immutable.
 *
 * @param loads reads of the configuration file
 * @param reloads snapshots published
 * @param commits states committed by this engine
 */
public record EngineCounters(long loads, long reloads, long commits) {}
