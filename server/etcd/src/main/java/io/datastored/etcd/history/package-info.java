/**
 * The history in etcd: its keys, the view that a server follows, and commits. Only the daemon and
 * the command may call it. The rule that keeps it correct: a commit compares the head and every key
 * that it touches, and names the commit before it; a view is followed only along that chain, and
 * read anew where the chain is broken.
 */
@NullMarked
package io.datastored.etcd.history;

import org.jspecify.annotations.NullMarked;
