/**
 * The client of etcd: transactions, ranges, leases and watches over stubs that are generated from
 * etcd's own definition. Only {@code etcd} and its sub-rooms may call it. The rule that keeps it
 * correct: it repeats only what changes nothing; a transaction that writes is sent once, and if its
 * outcome is unknown, it says so.
 *
 * <p>{@link EtcdClient} is the way in; {@link EtcdOptions} says where etcd is. {@code EtcdKv},
 * {@link EtcdLease} and {@link EtcdWatch} make their calls through the one loop of {@code
 * EtcdCalls}, which takes a channel of {@code EtcdChannels} and looks up in the one table of {@code
 * EtcdFaults} what a failure means. Every call has a deadline. A watch never opens itself again:
 * its listener learns why it ended, and goes on from the revision that it knows.
 */
@NullMarked
package io.datastored.etcd.client;

import org.jspecify.annotations.NullMarked;
