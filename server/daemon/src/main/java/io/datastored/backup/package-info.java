/**
 * The content of a state directory: checked file by file, written to one backup, and restored from
 * it. Used by the command, without a server; it takes no lock and changes no directory that is in
 * use. A restored directory begins a new history at its next start.
 */
@NullMarked
package io.datastored.backup;

import org.jspecify.annotations.NullMarked;
