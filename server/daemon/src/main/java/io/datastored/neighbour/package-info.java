/**
 * What other programs may be doing with the same datastores. Drains query it. What cannot be seen
 * is never treated as absent.
 */
@NullMarked
package io.datastored.neighbour;

import org.jspecify.annotations.NullMarked;
