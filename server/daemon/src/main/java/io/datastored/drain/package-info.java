/**
 * What is in the way of a maintenance mode, and the force that ends it. The services may call it. A
 * drain completes with one pass of zeros under one generation.
 */
@NullMarked
package io.datastored.drain;

import org.jspecify.annotations.NullMarked;
