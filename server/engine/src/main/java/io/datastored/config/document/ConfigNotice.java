package io.datastored.config.document;

import io.datastored.config.DatastoreName;

/**
 * A config notice is an oddity in a section that is served nevertheless. Immutable.
 *
 * @param datastore the datastore of the section
 * @param line from 1
 * @param property the key concerned
 * @param message one sentence
 */
public record ConfigNotice(DatastoreName datastore, int line, String property, String message) {}
