package io.datastored.config.document;

import io.datastored.config.DatastoreName;

/**
 * A config notice is something odd in a section that is served all the same. Immutable.
 *
 * @param datastore whose section
 * @param line from 1
 * @param property the key concerned
 * @param message one sentence
 */
public record ConfigNotice(DatastoreName datastore, int line, String property, String message) {}
