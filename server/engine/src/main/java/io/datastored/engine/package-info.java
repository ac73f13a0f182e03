/**
 * The facade that embedders and the daemon use: lookup, snapshot, reload and listeners. Embedders
 * and the rooms of the daemon may call it. Readers see one immutable snapshot through one volatile
 * field, and every change takes one path, the committer.
 */
@NullMarked
package io.datastored.engine;

import org.jspecify.annotations.NullMarked;
