package io.datastored.promise;

import com.google.common.collect.ImmutableMap;
import java.time.Duration;

/**
 * Replica figures are what a server that is one of several measures and counts. Immutable. Counts
 * are from its start, by kind.
 *
 * @param authority for how long it may still promise something without hearing from the store
 * @param pulse how long the store took to answer the last pulse
 * @param lives of this server that have ended, by how
 * @param reloads of the whole history, by why
 * @param commits of this server, by outcome
 * @param takeOvers of leases of other servers, by what decided
 * @param seals of drains, by result
 */
public record ReplicaFigures(
    Duration authority,
    Duration pulse,
    ImmutableMap<String, Long> lives,
    ImmutableMap<String, Long> reloads,
    ImmutableMap<String, Long> commits,
    ImmutableMap<String, Long> takeOvers,
    ImmutableMap<String, Long> seals) {}
