/**
 * Measurements of datastored, as ratios to a baseline in the same run. No other package calls it.
 * Numbers of different runs are never compared.
 */
@NullMarked
package io.datastored.bench;

import org.jspecify.annotations.NullMarked;
