/**
 * Files that survive crashes: atomic replacement, lock files, stamps that tell of a change, watches
 * of directories. Every room that keeps files may call it; it knows nothing of what is in them.
 */
@NullMarked
package io.datastored.file;

import org.jspecify.annotations.NullMarked;
