/**
 * Crash-safe files: atomic replacement, lock files, stamps that reveal changes, watches of
 * directories. Every room that stores files may call it; it does not depend on their content.
 */
@NullMarked
package io.datastored.file;

import org.jspecify.annotations.NullMarked;
