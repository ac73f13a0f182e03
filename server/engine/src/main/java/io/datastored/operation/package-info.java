/**
 * The kinds of operation, and the counters of operations in progress in every process. The engine
 * calls it. A lookup adds its count before it reads the doorbell again, and a drain reads the
 * counts after the doorbell was raised, so the later of the two sees the other.
 */
@NullMarked
package io.datastored.operation;

import org.jspecify.annotations.NullMarked;
