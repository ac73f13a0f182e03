/**
 * The history of accepted configurations: revisions, the accepted state with its text format, and
 * the pure step from one state to the next. The engine and the rooms of the daemon may call it.
 * Each generation is assigned once: it is computed in {@link io.datastored.history.StateTransition}
 * only, under the commit lock.
 */
@NullMarked
package io.datastored.history;

import org.jspecify.annotations.NullMarked;
