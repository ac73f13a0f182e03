/**
 * The fan-out of generations: publish, subscribe, merge. The services subscribe, and the engine
 * publishes through its listener. A slow watcher never blocks a writer or another watcher and owns
 * no unbounded buffer.
 */
@NullMarked
package io.datastored.watch;

import org.jspecify.annotations.NullMarked;
