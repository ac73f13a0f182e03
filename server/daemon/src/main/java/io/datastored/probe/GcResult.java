package io.datastored.probe;

/**
 * A gc result is the content of {@code .gc-status} after the last garbage collection of a
 * datastore. Immutable. A number that the file does not have is 0, an unknown task id is empty.
 */
public record GcResult(
    String upid,
    long indexFileCount,
    long indexDataBytes,
    long diskBytes,
    long diskChunks,
    long removedBytes,
    long removedChunks,
    long pendingBytes,
    long pendingChunks,
    long removedBad,
    long stillBad) {}
