/**
 * The demonstration: its own server, a client, a watcher and a drain, as a script that is printed
 * while it runs. The program may call it.
 */
@NullMarked
package io.datastored.cli.demo;

import org.jspecify.annotations.NullMarked;
