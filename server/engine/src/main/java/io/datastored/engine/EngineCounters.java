package io.datastored.engine;

/**
 * Engine counters are how often an engine has done what it avoids doing. Immutable.
 *
 * @param loads reads of the configuration file
 * @param reloads snapshots published
 * @param commits states committed by this engine
 */
public record EngineCounters(long loads, long reloads, long commits) {}
