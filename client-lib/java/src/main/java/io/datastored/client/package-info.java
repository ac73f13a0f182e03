/**
 * The Java client of datastored, with a near cache: most lookups are answered from memory.
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
 * <p>Create one client, share it between all threads, and close it when the program ends. {@code
 * create} starts nothing; {@code start} connects in the background and reconnects until the client
 * is closed. So a server that is not running yet is not an error: a lookup waits for it until the
 * lookup's deadline and then throws {@link io.datastored.client.UnavailableException}.
 *
 * <h2>Handles</h2>
 *
 * <p>The first WRITE of a datastore requests a lease from the server. Later ones share that lease
 * and only increment a counter in memory. When the last handle is closed, the client keeps the
 * lease for the linger time so that it can be reused. A LOOKUP is only a question: it is not
 * counted.
 *
 * <p>A maintenance mode refuses new lookups as soon as it has been pushed to the client. An open
 * handle remains valid, and the operator's drain waits for it. Stop working only when {@code
 * onLost} is called: the operator has forced the drain ({@code FORCED}), the server has not
 * answered for a whole ttl, or another {@link io.datastored.client.LossCause} applies.
 *
 * <pre>{@code
 * handle.onLost(lost -> backup.stop(lost.cause()));
 * }</pre>
 *
 * <p>Your process may be paused for any length of time between a check of {@code alive()} and the
 * write that follows it. If the storage compares {@link io.datastored.client.Handle#fencingToken
 * fencing tokens}, send it the token with each write; nothing else closes that gap.
 *
 * <h2>How old an answer may be</h2>
 *
 * <p>While the client is {@link io.datastored.client.ClientState#FRESH}, an answer from memory is
 * at most two thirds of the ttl old; otherwise the server is asked. A lookup can require a newer
 * answer, or accept an older one:
 *
 * <pre>{@code
 * LookupOptions.DEFAULT.withMaxAge(Duration.ofSeconds(1));              // younger than this
 * LookupOptions.DEFAULT.withAtLeast(revision);                          // not before this write
 * LookupOptions.DEFAULT.withSuspectReads(SuspectReads.ALLOWED);         // older, up to the ttl
 * }</pre>
 *
 * <p>The effect of your own writes ({@code setMaintenanceMode} and the like) is in memory when they
 * return.
 *
 * <h2>Observing a client</h2>
 *
 * <p>A {@link io.datastored.client.ClientListener} is notified of states, frames, sessions and lost
 * leases; a {@link io.datastored.client.ClientMetrics} exports them to a metrics library; {@code
 * stats()} and {@code toString()} are for people. Listeners run on separate threads and can neither
 * block nor break the client.
 *
 * <h2>In tests</h2>
 *
 * <p>The artifact of type {@code test-jar} contains {@code
 * io.datastored.client.fake.FakeDatastored}, a server in memory that can restart, expire sessions,
 * end leases and fail calls on request.
 */
@NullMarked
package io.datastored.client;

import org.jspecify.annotations.NullMarked;
