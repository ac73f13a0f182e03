/**
 * What is wrong for longer than a moment, and the tasks that look for it again and again. The
 * engine and the rooms of the daemon may call it. A trouble stands until whoever raised it clears
 * it.
 */
@NullMarked
package io.datastored.engine.health;

import org.jspecify.annotations.NullMarked;
