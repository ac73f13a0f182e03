/** The loop that runs the tasks of a client, its callbacks and clocks. */
@NullMarked
package io.datastored.client.internal.loop;

import org.jspecify.annotations.NullMarked;
