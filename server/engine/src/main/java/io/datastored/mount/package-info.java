/**
 * Mount checks: whether the right device is mounted at the base directory of a datastore. The
 * engine calls it. A lookup compares only device numbers; the list of mounts is parsed only if they
 * are not comparable.
 */
@NullMarked
package io.datastored.mount;

import org.jspecify.annotations.NullMarked;
