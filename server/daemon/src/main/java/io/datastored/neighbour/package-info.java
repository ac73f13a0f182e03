/**
 * What other programs may be doing with the same datastores. Drains ask it. What cannot be seen is
 * never taken for nothing.
 */
@NullMarked
package io.datastored.neighbour;

import org.jspecify.annotations.NullMarked;
