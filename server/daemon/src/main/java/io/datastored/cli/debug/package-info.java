/**
 * The command {@code datastored debug}: everything that helps to understand a server that
 * misbehaves, in one archive and without secrets. Called by the command line only.
 */
@NullMarked
package io.datastored.cli.debug;

import org.jspecify.annotations.NullMarked;
