/**
 * The answer to "is the right device mounted where this datastore lives?". The engine calls it. A
 * lookup compares device numbers only; the table of mounts is parsed when they disagree in kind.
 */
@NullMarked
package io.datastored.mount;

import org.jspecify.annotations.NullMarked;
