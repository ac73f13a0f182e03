/**
 * What a server owes beyond its own life and its own tables: the seams {@link Authority} (may it
 * promise now?), {@link PromiseBook} (how far do promises and fencing tokens reach?) and {@link
 * Peers} (who else may count what a mode refuses?), each with the form of a server that is alone on
 * its state directory. Leases and drains call it.
 *
 * <p>The rule that keeps it correct: what the book says is durable before it is promised, and what
 * a drain says is over is durable before it is told. {@link PromiseBook} and {@link SealingPeers}
 * each have a contract test that every form passes, on a disk that fails too.
 */
@NullMarked
package io.datastored.promise;

import org.jspecify.annotations.NullMarked;
