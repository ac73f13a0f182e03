/**
 * The client of etcd: transactions, ranges, leases and watches over stubs that are generated from
 * etcd's own definition. Only {@code etcd} and its sub-rooms may call it. The rule that keeps it
 * correct: it repeats only what changes nothing; a transaction that writes is sent once, and if its
 * outcome is unknown, it says so.
 */
@NullMarked
package io.datastored.etcd.client;

import org.jspecify.annotations.NullMarked;
