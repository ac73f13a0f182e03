/**
 * What a configuration says of a datastore: its name, its settings, its maintenance mode, and the
 * grammar of their values. Every room may call it; it knows no other. Pure and immutable: no file,
 * no clock, and parsing a value yields a fault, never an exception from below.
 */
@NullMarked
package io.datastored.config;

import org.jspecify.annotations.NullMarked;
