/**
 * The kinds of operation, and the counters that tell how many are in progress in every process. The
 * engine calls it. A count is added before the doorbell is read again, and a drain reads the counts
 * after it has rung: whoever comes second sees the other.
 */
@NullMarked
package io.datastored.operation;

import org.jspecify.annotations.NullMarked;
