/**
 * The grammar of {@code datastore.cfg}, settings, maintenance modes with their matrix, and the
 * store that keeps them. Every package may call it and it calls none. A section that does not parse
 * never takes another one down and never replaces a good version of itself.
 */
@NullMarked
package io.datastored.config;

import org.jspecify.annotations.NullMarked;
