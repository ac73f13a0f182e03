/**
 * What file systems report about base directories, queried in the background. The services and the
 * daemon may call it. No caller waits for a mount: an answer is the last known one, with its age,
 * and at most a few queries per datastore are running.
 */
@NullMarked
package io.datastored.probe;

import org.jspecify.annotations.NullMarked;
