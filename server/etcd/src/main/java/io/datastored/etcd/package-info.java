/**
 * What several servers share in etcd. Only the daemon and the command may call it. The rule that
 * keeps it correct: one key, the head, is the truth, and each commit compares it; a watch only says
 * that it may have changed.
 */
@NullMarked
package io.datastored.etcd;

import org.jspecify.annotations.NullMarked;
