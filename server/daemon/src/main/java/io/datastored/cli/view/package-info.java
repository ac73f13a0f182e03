/**
 * What people and scripts read: tables, lines, JSON, error messages, exit statuses. The commands
 * and flags may call it. No text of a server or a file is printed unescaped.
 */
@NullMarked
package io.datastored.cli.view;

import org.jspecify.annotations.NullMarked;
