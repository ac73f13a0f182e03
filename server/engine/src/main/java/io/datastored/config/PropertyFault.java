package io.datastored.config;

/**
 * A property fault is one reason why settings cannot be written. Immutable.
 *
 * @param property the key in the file, an inner key after a dot: {@code comment}, {@code
 *     tuning.gc-atime-cutoff}
 * @param message one sentence for the author of the value
 */
public record PropertyFault(String property, String message) {}
