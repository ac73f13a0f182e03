/**
 * A history in files: the configuration, the state directory and the run directory. The engine's
 * assembly and the operator's commands may call it. The state file is the truth; every other file
 * is only a hint.
 */
@NullMarked
package io.datastored.history.file;

import org.jspecify.annotations.NullMarked;
