/**
 * Lives in etcd: which servers may promise something, and for how long others must wait for one
 * that is gone. Only the daemon may call it. The rule that keeps it correct: a server promises for
 * a fixed time from the sending of a pulse that found its key; the others begin to wait when they
 * see that the key is gone, and end that wait by their own clock, under the condition that it was
 * not interrupted. The leases of etcd begin a wait, and end none.
 *
 * <p>{@link Life} is the life of this server: registered before anything is loaded, kept by the
 * {@code Pulse}, written by the one {@code LifeWriter}. {@link Silence} waits for the lives of
 * others. The {@link LifeRecord} stays when a server dies: it says how long its promises last.
 *
 * <p>{@link EtcdPeers} drains over all servers: each publishes what it counts before it
 * acknowledges a mode ({@code OwnWork}); the {@link PeerFollower} has what others have published; a
 * drain ends with one transaction that compares all of it. {@link EtcdPromiseBook} is what they
 * promise.
 */
@NullMarked
package io.datastored.etcd.life;

import org.jspecify.annotations.NullMarked;
