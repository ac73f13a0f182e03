/**
 * The {@code datastored} command: {@code serve}, and one subcommand per task of an operator. Only
 * the shell calls it. It talks to a server with the client library, or with the generated stubs
 * where a single call suffices, and never with the rooms behind them.
 */
@NullMarked
package io.datastored.cli;

import org.jspecify.annotations.NullMarked;
