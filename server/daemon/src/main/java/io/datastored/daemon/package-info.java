/**
 * The server process: options, the one assembly method, start and stop order, health and TLS. The
 * command calls it. Objects are wired top to bottom in one method and stopped in the reverse order.
 */
@NullMarked
package io.datastored.daemon;

import org.jspecify.annotations.NullMarked;
