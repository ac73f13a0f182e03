/**
 * One class per subcommand of {@code datastored}. The program may call it. A subcommand calls the
 * server, prints through the views, and returns an exit status. Watches, leases and retries are
 * left to the Java client.
 */
@NullMarked
package io.datastored.cli.command;

import org.jspecify.annotations.NullMarked;
