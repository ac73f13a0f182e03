package io.datastored.client;

import io.datastored.v1.CreateDatastoreRequest;
import io.datastored.v1.CreateDatastoreResponse;
import io.datastored.v1.DeleteDatastoreRequest;
import io.datastored.v1.DeleteDatastoreResponse;
import io.datastored.v1.Revision;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.datastored.v1.UpdateDatastoreRequest;
import io.datastored.v1.UpdateDatastoreResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A datastored client asks a server whether datastores may be used, and answers from memory while
 * its knowledge is current. Thread-safe.
 *
 * <p>See the package for a tutorial. A program creates one client, starts it, shares it between all
 * threads and closes it when the program ends. Between {@link #start} and {@link #close} the client
 * keeps one session, one watch and at most two connections, and reconnects whenever a connection is
 * lost.
 */
public interface DatastoredClient extends AutoCloseable {

  /** Creates a client. It starts no thread and opens no connection before {@link #start}. */
  static DatastoredClient create(ClientOptions options) {
    return ClientProvider.bundled().client(options);
  }

  /**
   * Starts the client, which connects in the background. Idempotent.
   *
   * @return this
   * @throws IllegalStateException if the client is closed
   */
  DatastoredClient start();

  /** Calls {@link #lookup(String, Operation, LookupOptions)} with {@link LookupOptions#DEFAULT}. */
  default Handle lookup(String datastore, Operation operation) {
    return lookup(datastore, operation, LookupOptions.DEFAULT);
  }

  /**
   * Asks to use a datastore. The answer comes from memory, without blocking, if the state of the
   * client and the options allow that; otherwise this waits for the server, at most until the
   * deadline of the options. Close the handle when the operation ends.
   *
   * @throws RefusedException if the operation is refused, from memory or by the server
   * @throws UnavailableException if there is no answer before the deadline, none can be expected,
   *     or the thread is interrupted (its interrupt status is then set)
   * @throws IllegalStateException if the client is not started, or closed
   */
  Handle lookup(String datastore, Operation operation, LookupOptions wanted);

  /**
   * Does the same as {@link #lookup} without blocking; the future fails with the same exceptions.
   * It is completed on a callback thread, or already complete if the answer comes from memory.
   * Cancelling it gives the lookup up; a lease that is granted later is released.
   */
  CompletableFuture<Handle> lookupAsync(
      String datastore, Operation operation, LookupOptions wanted);

  /** How far the client may trust its memory now, by the clocks. */
  ClientState state();

  /** The revision that is applied; empty before the first frame. */
  Optional<Revision> applied();

  /** Waits until a revision is applied; false if late, or if the thread was interrupted. */
  boolean await(Revision revision, Duration timeout);

  /**
   * The problem that keeps the client from its server or from watching its datastores; empty if
   * none is known. The client keeps retrying. After {@link #close}: why the session could not be
   * closed at the server, which then ends it and its leases when the ttl expires.
   */
  Optional<DatastoredException> trouble();

  /**
   * Waits until the client is in a state; false if late, or if the thread was interrupted.
   *
   * @throws DatastoredException if the wait is for FRESH and retrying cannot help: a certificate is
   *     not trusted, the host is unknown, the server accepts no more sessions, or it refuses the
   *     selection of datastores
   */
  boolean awaitState(ClientState wanted, Duration timeout);

  /** The current statistics, without leases and handles unless the client is started. */
  ClientStats stats();

  /** Adds a listener, which is notified of all later events. */
  void addListener(ClientListener listener);

  /** Removes a listener. Events that are already queued may not reach it. */
  void removeListener(ClientListener listener);

  /**
   * Sets or clears a maintenance mode, and returns when the near cache, if there is one, has
   * applied the change. The request is sent once and never repeated.
   *
   * @throws RefusedException if the server refuses the change
   * @throws UnavailableException if there is no answer within {@link ClientTimes#callDeadline()},
   *     with an unknown outcome, or the change was made but not applied here in that time
   * @throws IllegalStateException if the client is not started, or closed
   */
  SetMaintenanceModeResponse setMaintenanceMode(SetMaintenanceModeRequest request);

  /** Creates a datastore; waits and fails like {@link #setMaintenanceMode}. */
  CreateDatastoreResponse createDatastore(CreateDatastoreRequest request);

  /** Changes the settings of a datastore; waits and fails like {@link #setMaintenanceMode}. */
  UpdateDatastoreResponse updateDatastore(UpdateDatastoreRequest request);

  /** Removes a datastore; waits and fails like {@link #setMaintenanceMode}. */
  DeleteDatastoreResponse deleteDatastore(DeleteDatastoreRequest request);

  /**
   * The address of the server that has opened the session, which is one of the targets of the
   * options; empty while there is no session. During a move it is that of the last server, until
   * answers from memory are under the term of the next one.
   */
  Optional<String> server();

  /** The id of the session; empty while there is none. */
  Optional<String> sessionId();

  /**
   * Closes the session, which releases its leases; notifies open handles that their lease is lost
   * ({@link LossCause#CLIENT_CLOSED}); and ends all threads that the client started. Waits for the
   * server for about {@link ClientTimes#closing()}. Idempotent.
   */
  @Override
  void close();
}
