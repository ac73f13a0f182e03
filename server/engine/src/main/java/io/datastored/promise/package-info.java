/**
 * The promises of a server that outlive it or depend on others: the seams {@link Authority} (may it
 * promise now?), {@link PromiseBook} (how far do promises and fencing tokens reach?) and {@link
 * Peers} (who else may have operations that a mode refuses?), each with an implementation for a
 * server that is alone on its state directory. {@link RenewedAuthority} is for a server that others
 * wait for. Leases and drains call it.
 *
 * <p>The rule that keeps it correct: what the book says is durable before it is promised, and a
 * completed drain is durable before it is reported. Each seam has a contract test that every
 * implementation passes, on a failing disk, too.
 */
@NullMarked
package io.datastored.promise;

import org.jspecify.annotations.NullMarked;
