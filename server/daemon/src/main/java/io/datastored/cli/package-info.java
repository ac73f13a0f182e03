/**
 * The {@code datastored} command: {@code serve}, and one subcommand per thing an operator does.
 * Nobody calls it but the shell. It talks to a server with the client library, and with the
 * generated stubs where one call is all: never with the rooms behind them.
 */
@NullMarked
package io.datastored.cli;

import org.jspecify.annotations.NullMarked;
