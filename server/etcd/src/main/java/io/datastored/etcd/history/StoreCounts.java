package io.datastored.etcd.history;

import com.google.common.collect.ImmutableMap;

/**
 * Store counts are what a store has counted since it was opened. Immutable.
 *
 * @param reloads of the whole history, by why
 * @param commits of this server, by result
 */
public record StoreCounts(ImmutableMap<String, Long> reloads, ImmutableMap<String, Long> commits) {}
