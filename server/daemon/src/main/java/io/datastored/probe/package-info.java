/**
 * What file systems say about base directories, asked in the background. The services and the
 * daemon may call it. Nobody waits for a mount: an answer is the last one known, with its age, and
 * at most a few questions per datastore are under way.
 */
@NullMarked
package io.datastored.probe;

import org.jspecify.annotations.NullMarked;
