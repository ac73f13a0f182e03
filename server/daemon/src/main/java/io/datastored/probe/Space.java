package io.datastored.probe;

/**
 * Space is the size and usage of a file system as reported for a base directory, in bytes.
 * Immutable.
 *
 * @param total size of the file system
 * @param used space in use by anyone
 * @param available space that an ordinary user may still write
 */
public record Space(long total, long used, long available) {}
