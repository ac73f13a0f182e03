/**
 * One class per subcommand of {@code datastored}. The program may call it. A subcommand asks the
 * server, prints through the views, and answers with an exit status; what watches, holds a lease or
 * retries is the Java client's.
 */
@NullMarked
package io.datastored.cli.command;

import org.jspecify.annotations.NullMarked;
