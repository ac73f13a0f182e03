package io.datastored.probe;

/**
 * Space is what a file system says about a base directory, in bytes. Immutable.
 *
 * @param total size of the file system
 * @param used what is taken, by whomever
 * @param available what an ordinary user may still write
 */
public record Space(long total, long used, long available) {}
