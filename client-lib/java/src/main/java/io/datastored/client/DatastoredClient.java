package io.datastored.client;

import io.datastored.v1.CreateDatastoreRequest;
import io.datastored.v1.CreateDatastoreResponse;
import io.datastored.v1.DatastoreConfigServiceGrpc;
import io.datastored.v1.DeleteDatastoreRequest;
import io.datastored.v1.DeleteDatastoreResponse;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.Revision;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.datastored.v1.UpdateDatastoreRequest;
import io.datastored.v1.UpdateDatastoreResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A datastored client asks a server whether datastores may be used, and answers from memory while
 * its knowledge is current. Thread-safe.
 *
 * <p>See the package for a tutorial. A program creates one client, starts it, shares it between all
 * threads and closes it when the program ends. Between {@link #start} and {@link #close} the client
 * keeps one session, one watch and at most two connections, and reconnects whenever a connection is
 * lost.
 */
public final class DatastoredClient implements AutoCloseable {

  private enum Phase {
    CREATED,
    STARTED,
    CLOSED
  }

  private final ClientOptions options;
  private final ClientThreads threads;
  private final Counters counters = new Counters();
  private final Loop loop;
  private final Callbacks callbacks;
  private final NearCache cache;
  private final StateWaits stateWaits = new StateWaits();
  private final Trouble trouble;
  private final LeaseBook book;
  private final SessionLoop session;
  private final Lookups lookups;
  private final Writes writes;
  private final Closing closing;
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.CREATED);
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  private DatastoredClient(ClientOptions options) {
    this.options = options;
    this.threads = options.threads().orElseGet(() -> ownThreads(options));
    this.loop = new Loop(threads.scheduler());
    this.callbacks = new Callbacks(threads.callbacks(), counters);
    ClientTimes times = options.times();
    var clock = new ClientClock(options.sources());
    var channels = new Channels(options, threads);
    // The watch and the renewals use a separate connection, so a flood of lookups cannot delay
    // them.
    var control = new ServerChannel(channels::open, loop, clock, counters, options);
    var calls = new ServerChannel(channels::open, loop, clock, counters, options);
    this.trouble = new Trouble(control.trouble(), stateWaits);
    this.cache = new NearCache(clock, options, counters, this::look);
    var returns =
        new PendingReleases(calls, loop, times, new Backoff(times, options.sources().random()));
    this.book = new LeaseBook(loop, returns, callbacks, counters, options);
    this.session =
        new SessionLoop(
            control,
            loop,
            cache,
            book,
            callbacks,
            stateWaits,
            trouble,
            counters,
            options,
            ClientHolder.request(options));
    var applier = new FrameApplier(cache, book, new Selection(options.datastores()));
    var revisionWaits = new RevisionWaits();
    var watch =
        new WatchLoop(
            control,
            loop,
            cache,
            session,
            applier,
            revisionWaits,
            callbacks,
            trouble,
            counters,
            options);
    var asks = new InFlight(calls, loop, cache, session, book, applier, trouble, options);
    this.lookups = new Lookups(cache, loop, asks, callbacks, times, this::requireStarted);
    if (options.nearCache()) {
      session.observe(watch);
    }
    session.observe(new Reclaims(control, loop, clock, session, book, counters, options));
    session.observe(new OrphanLeases(control, session, book, counters, times));
    session.observe(asks);
    this.writes = new Writes(calls, loop, cache, revisionWaits, watch, times);
    this.closing = new Closing(loop, control, calls, session, watch, asks, book, trouble, times);
  }

  private static ClientThreads ownThreads(ClientOptions options) {
    return options.channels().isPresent()
        ? ClientThreads.withoutNetwork("datastored", 1)
        : ClientThreads.create("datastored", 1);
  }

  /** Creates a client. It starts no thread and opens no connection before {@link #start}. */
  public static DatastoredClient create(ClientOptions options) {
    return new DatastoredClient(options);
  }

  /**
   * Starts the client, which connects in the background. Idempotent.
   *
   * @return this
   * @throws IllegalStateException if the client is closed
   */
  public DatastoredClient start() {
    if (phase.compareAndSet(Phase.CREATED, Phase.STARTED)) {
      loop.execute(session::start);
      lookLater();
    } else if (phase.get() == Phase.CLOSED) {
      throw new IllegalStateException("the client is closed");
    }
    return this;
  }

  /** Calls {@link #lookup(String, Operation, LookupOptions)} with {@link LookupOptions#DEFAULT}. */
  public Handle lookup(String datastore, Operation operation) {
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
  public Handle lookup(String datastore, Operation operation, LookupOptions wanted) {
    return lookups.lookup(datastore, operation, wanted);
  }

  /**
   * Does the same as {@link #lookup} without blocking; the future fails with the same exceptions.
   * It is completed on a callback thread, or already complete if the answer comes from memory.
   * Cancelling it gives the lookup up; a lease that is granted later is released.
   */
  public CompletableFuture<Handle> lookupAsync(
      String datastore, Operation operation, LookupOptions wanted) {
    return lookups.lookupAsync(datastore, operation, wanted);
  }

  /** How far the client may trust its memory now, by the clocks. */
  public ClientState state() {
    return cache.state();
  }

  /** The revision that is applied; empty before the first frame. */
  public Optional<Revision> applied() {
    return cache.view().revision();
  }

  /** Waits until a revision is applied; false if late, or if the thread was interrupted. */
  public boolean await(Revision revision, Duration patience) {
    return writes.await(revision, patience);
  }

  /**
   * The problem that keeps the client from its server or from watching its datastores; empty if
   * none is known. The client keeps retrying. After {@link #close}: why the session could not be
   * closed at the server, which then ends it and its leases when the ttl expires.
   */
  public Optional<DatastoredException> trouble() {
    return trouble.present().map(Failure::exception);
  }

  /**
   * Waits until the client is in a state; false if late, or if the thread was interrupted.
   *
   * @throws DatastoredException if the wait is for FRESH and retrying cannot help: a certificate is
   *     not trusted, the host is unknown, the server accepts no more sessions, or it refuses the
   *     selection of datastores
   */
  public boolean awaitState(ClientState wanted, Duration patience) {
    var reached = new CompletableFuture<Void>();
    loop.execute(
        () -> {
          if (cache.state() == wanted) {
            reached.complete(null);
          } else {
            stateWaits.add(wanted, reached);
            trouble.look();
          }
        });
    return Futures.reached(reached, patience);
  }

  /** The current statistics, without leases and handles unless the client is started. */
  public ClientStats stats() {
    LeaseNumbers leases =
        phase.get() == Phase.STARTED
            ? LeaseNumbers.ask(loop, book, options.times().callDeadline())
            : LeaseNumbers.NONE;
    return leases.stats(counters, cache.state(), sessionId(), cache.view(), callbacks.waiting());
  }

  /** Adds a listener, which is notified of all later events. */
  public void addListener(ClientListener listener) {
    callbacks.add(listener);
  }

  /** Removes a listener. Events that are already queued may not reach it. */
  public void removeListener(ClientListener listener) {
    callbacks.remove(listener);
  }

  /**
   * Sets or clears a maintenance mode, and returns when the near cache, if there is one, has
   * applied the change. The request is sent once and never repeated.
   *
   * @throws RefusedException if the server refuses the change
   * @throws UnavailableException if there is no answer within {@link ClientTimes#callDeadline()},
   *     with an unknown outcome, or the change was made but not applied here in that time
   * @throws IllegalStateException if the client is not started, or closed
   */
  public SetMaintenanceModeResponse setMaintenanceMode(SetMaintenanceModeRequest request) {
    requireStarted();
    return writes.call(
        MaintenanceServiceGrpc.getSetMaintenanceModeMethod(),
        request,
        answer -> written(request.getValidateOnly(), answer.getRevision()));
  }

  /** Creates a datastore; waits and fails like {@link #setMaintenanceMode}. */
  public CreateDatastoreResponse createDatastore(CreateDatastoreRequest request) {
    requireStarted();
    return writes.call(
        DatastoreConfigServiceGrpc.getCreateDatastoreMethod(),
        request,
        answer -> written(request.getValidateOnly(), answer.getRevision()));
  }

  /** Changes the settings of a datastore; waits and fails like {@link #setMaintenanceMode}. */
  public UpdateDatastoreResponse updateDatastore(UpdateDatastoreRequest request) {
    requireStarted();
    return writes.call(
        DatastoreConfigServiceGrpc.getUpdateDatastoreMethod(),
        request,
        answer -> written(request.getValidateOnly(), answer.getRevision()));
  }

  /** Removes a datastore; waits and fails like {@link #setMaintenanceMode}. */
  public DeleteDatastoreResponse deleteDatastore(DeleteDatastoreRequest request) {
    requireStarted();
    return writes.call(
        DatastoreConfigServiceGrpc.getDeleteDatastoreMethod(),
        request,
        answer -> written(request.getValidateOnly(), answer.getRevision()));
  }

  /** The id of the session; empty while there is none. */
  public Optional<String> sessionId() {
    SessionEpoch opening = cache.term().opening();
    return opening.isLive(cache.clock().now())
        ? Optional.of(opening.sessionId())
        : Optional.empty();
  }

  /**
   * Closes the session, which releases its leases; notifies open handles that their lease is lost
   * ({@link LossCause#CLIENT_CLOSED}); and ends all threads that the client started. Waits for the
   * server for about {@link ClientTimes#closing()}. Idempotent.
   */
  @Override
  public void close() {
    Phase before = phase.getAndSet(Phase.CLOSED);
    if (before == Phase.CLOSED) {
      boolean unused = Futures.done(closed, options.times().closing().multipliedBy(4));
      return;
    }
    if (before == Phase.STARTED) {
      closing.run(true);
    }
    if (options.threads().isEmpty()) {
      threads.close();
    }
    closed.complete(null);
  }

  /** The revision that this client must apply before a write returns. */
  private Optional<Revision> written(boolean onlyValidated, Revision revision) {
    return onlyValidated || revision.getGeneration() == 0 || !options.nearCache()
        ? Optional.empty()
        : Optional.of(revision);
  }

  private void requireStarted() {
    if (phase.get() != Phase.STARTED) {
      throw new IllegalStateException(
          phase.get() == Phase.CLOSED ? "the client is closed" : "the client is not started");
    }
  }

  private void look() {
    loop.execute(session::look);
  }

  /** Releases idle leases and checks the clocks, several times per linger or ttl. */
  private void lookLater() {
    ClientTimes times = options.times();
    Duration shorter = times.linger().compareTo(times.ttl()) < 0 ? times.linger() : times.ttl();
    loop.execute(
        () -> {
          Loop.Timer unused =
              loop.schedule(
                  shorter.dividedBy(4),
                  () -> {
                    session.look();
                    book.sweep(cache.clock().now(), cache.view());
                    lookLater();
                  });
        });
  }

  @Override
  public String toString() {
    View view = cache.view();
    return "DatastoredClient[%s, %s, session %s, applied %s, %d datastores]"
        .formatted(
            options.target(),
            cache.state(),
            sessionId().orElse("none"),
            view.revision()
                .map(r -> r.getIncarnation() + "/" + r.getGeneration())
                .orElse("nothing"),
            view.size());
  }
}
