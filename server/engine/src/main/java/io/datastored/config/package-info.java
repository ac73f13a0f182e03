/**
 * The configuration of a datastore: its name, its settings, its maintenance mode, and the grammar
 * of their values. Every room may call it; it depends on no other. Pure and immutable: no files, no
 * clock. Parsing an invalid value yields a fault, never an unexpected exception.
 */
@NullMarked
package io.datastored.config;

import org.jspecify.annotations.NullMarked;
