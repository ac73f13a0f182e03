/**
 * The demonstration: a server of its own, a client, a watcher and a drain, as a script that is
 * printed while it is played. The program may call it.
 */
@NullMarked
package io.datastored.cli.demo;

import org.jspecify.annotations.NullMarked;
