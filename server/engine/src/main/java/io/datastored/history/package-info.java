/**
 * What is accepted, and in which order it changed: revisions, the accepted state with its text
 * form, and the pure step from one state to the next. The engine and the rooms of the daemon may
 * call it. A generation is given away once: it is computed in {@link
 * io.datastored.history.StateTransition} only, under the commit lock.
 */
@NullMarked
package io.datastored.history;

import org.jspecify.annotations.NullMarked;
