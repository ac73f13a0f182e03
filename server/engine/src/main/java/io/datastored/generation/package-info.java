/**
 * Revisions, and the shared page on which the newest generation is announced. The engine and
 * everything above it may call it. The doorbell on the page only says "look again": it is never
 * lowered, and the truth is the committed state.
 */
@NullMarked
package io.datastored.generation;

import org.jspecify.annotations.NullMarked;
