/**
 * Lasting problems, and the periodic tasks that detect them. The engine and the rooms of the daemon
 * may call it. A trouble stays until the component that raised it clears it.
 */
@NullMarked
package io.datastored.engine.health;

import org.jspecify.annotations.NullMarked;
