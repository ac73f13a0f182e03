/**
 * Groups of flags: their names, help, defaults and rules, and the connection that they describe.
 * The commands may call it. A flag is declared once, and its default is that of the option it sets.
 */
@NullMarked
package io.datastored.cli.flag;

import org.jspecify.annotations.NullMarked;
