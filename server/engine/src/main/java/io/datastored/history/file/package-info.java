/**
 * A history that is kept in files: the configuration, the state directory and the run directory.
 * The engine's assembly and operators' commands may call it. The state file is the truth; every
 * other file only tells where to look.
 */
@NullMarked
package io.datastored.history.file;

import org.jspecify.annotations.NullMarked;
