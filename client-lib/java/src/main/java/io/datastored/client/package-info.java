/**
 * The Java client of datastored, with a near cache.
 *
 * <h2>A first program</h2>
 *
 * <pre>{@code
 * var options = ClientOptions.builder("127.0.0.1:7400").holder("nightly", "1.4").build();
 * try (var client = DatastoredClient.create(options).start()) {
 *   try (var handle = client.lookup("main", Operation.WRITE)) {
 *     write(handle.settings().getPath());
 *   } catch (RefusedException e) {
 *     log(e.reason(), e.metadata()); // UNDER_MAINTENANCE, {mode=READ_ONLY, message=disk swap, ...}
 *   }
 * }
 * }</pre>
 *
 * <p>Make one client, share it between all threads, close it at the end. {@code create} starts
 * nothing; {@code start} connects in the background and reconnects for ever, so a server that is
 * not there yet is no error: lookups then wait until their deadline and throw {@link
 * io.datastored.client.UnavailableException}.
 *
 * <h2>Handles</h2>
 *
 * <p>The first WRITE of a datastore asks the server for a lease; the next ones are a count in
 * memory on the same lease, some tens of nanoseconds each. Closing the last handle keeps the lease
 * for the linger time, in case you come back. LOOKUP is a question only: nobody counts it.
 *
 * <p>A mode that an operator sets refuses new lookups from the moment it is pushed. A handle that
 * is open stays what it is, and the operator's drain waits for it. Only {@code onLost} says stop:
 * the operator has lost patience ({@code FORCED}), or the server was not heard of for a whole ttl.
 *
 * <pre>{@code
 * handle.onLost(lost -> backup.stop(lost.cause()));
 * }</pre>
 *
 * <p>Between a look at {@code alive()} and the write that follows it your process may be paused for
 * any time. If the storage compares {@link io.datastored.client.Handle#fencingToken fencing
 * tokens}, give it the token with each write; nothing else closes that gap.
 *
 * <h2>How old an answer may be</h2>
 *
 * <p>While {@link io.datastored.client.ClientState#FRESH} an answer from memory is at most two
 * thirds of the ttl old, else the server is asked. Per lookup you may ask for more, or for less:
 *
 * <pre>{@code
 * LookupOptions.DEFAULT.withMaxAge(Duration.ofSeconds(1));              // younger than this
 * LookupOptions.DEFAULT.withAtLeast(revision);                          // not before this write
 * LookupOptions.DEFAULT.withSuspectReads(SuspectReads.ALLOWED);         // older, up to the ttl
 * }</pre>
 *
 * <p>Your own writes ({@code setMaintenanceMode} and its kin) are in memory when they return.
 *
 * <h2>What happens</h2>
 *
 * <p>A {@link io.datastored.client.ClientListener} hears of states, frames, sessions and losses; a
 * {@link io.datastored.client.ClientMetrics} counts them; {@code stats()} and {@code toString()}
 * are for people. Listeners run on threads of their own and cannot harm the client.
 *
 * <h2>In tests</h2>
 *
 * <p>The artifact of type {@code test-jar} has {@code io.datastored.client.fake.FakeDatastored}, a
 * server in memory that can restart, expire sessions, end leases and refuse by script.
 *
 * <h2>Inside</h2>
 *
 * <p>All rooms share this package so that its users see the front door only; {@code ClientRooms} in
 * the tests lists them and {@code ClientArchitectureTest} keeps the arrows between them. Everything
 * that is "confined to the loop" is touched by one task of the client at a time; lookups read a few
 * volatile fields whose values never change.
 */
@NullMarked
package io.datastored.client;

import org.jspecify.annotations.NullMarked;
