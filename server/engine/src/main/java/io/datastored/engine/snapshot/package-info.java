/**
 * What is served: the immutable snapshot, its datastores with what outlives one snapshot, and how
 * both follow from a document and the accepted state. Embedders and the rooms above may read it.
 * Nothing here waits, commits, or changes a snapshot that was published.
 */
@NullMarked
package io.datastored.engine.snapshot;

import org.jspecify.annotations.NullMarked;
