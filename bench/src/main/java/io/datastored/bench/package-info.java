/**
 * Measurements of datastored, as ratios to a baseline inside one run. Nobody calls it. A number is
 * compared only with numbers of the same run.
 */
@NullMarked
package io.datastored.bench;

import org.jspecify.annotations.NullMarked;
