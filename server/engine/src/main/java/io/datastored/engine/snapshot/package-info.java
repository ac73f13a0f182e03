/**
 * What is served: the immutable snapshot, its datastores with the runtimes that outlive a snapshot,
 * and how both are derived from a document and the accepted state. Embedders and the rooms above
 * may read it. Nothing here waits for a lock of another process, commits, or changes a published
 * snapshot.
 */
@NullMarked
package io.datastored.engine.snapshot;

import org.jspecify.annotations.NullMarked;
