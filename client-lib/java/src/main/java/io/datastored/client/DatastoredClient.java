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
 * it can be trusted. Thread-safe.
 *
 * <p>See the package for a tutorial. A client is made once, started, shared by all threads of a
 * program and closed at its end. Between {@link #start} and {@link #close} it keeps one session,
 * one watch and at most two connections, and reconnects for ever.
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
    // The watch and the renewals have a connection of their own: no flood of lookups delays them.
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

  /** Makes a client. Nothing is started and nothing connected before {@link #start}. */
  public static DatastoredClient create(ClientOptions options) {
    return new DatastoredClient(options);
  }

  /**
   * Starts it; it connects in the background. Idempotent.
   *
   * @return this
   * @throws IllegalStateException when it is closed
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

  /** The same as {@link #lookup(String, Operation, LookupOptions)} with nothing special. */
  public Handle lookup(String datastore, Operation operation) {
    return lookup(datastore, operation, LookupOptions.DEFAULT);
  }

  /**
   * Asks to use a datastore: answered from memory, without waiting for anything, if the state and
   * the options allow that, and else by the server.
   *
   * @throws RefusedException when the answer is no
   * @throws UnavailableException when there was no answer in time
   * @throws IllegalStateException when the client is not started, or closed
   */
  public Handle lookup(String datastore, Operation operation, LookupOptions wanted) {
    return lookups.lookup(datastore, operation, wanted);
  }

  /**
   * The same without waiting. Whatever hangs on the future runs on the callback threads, or at once
   * when it was answered from memory; it fails with what the other form throws.
   */
  public CompletableFuture<Handle> lookupAsync(
      String datastore, Operation operation, LookupOptions wanted) {
    return lookups.lookupAsync(datastore, operation, wanted);
  }

  /** How far memory may be trusted now. */
  public ClientState state() {
    return cache.state();
  }

  /** What is applied; empty before the first frame. */
  public Optional<Revision> applied() {
    return cache.view().revision();
  }

  /**
   * Waits until a revision is applied; false when it was not in time, or the thread interrupted.
   */
  public boolean await(Revision revision, Duration patience) {
    return writes.await(revision, patience);
  }

  /**
   * What keeps the client from its server, or from following its datastores; empty when nothing is
   * known to. It goes on trying all the same. After {@link #close}: why the server was not told, so
   * that what the client held ends by its ttl.
   */
  public Optional<DatastoredException> trouble() {
    return trouble.present().map(Failure::exception);
  }

  /**
   * Waits until the client is in a state; false when it was not in time.
   *
   * @throws DatastoredException when it cannot become FRESH and trying again does not mend that: a
   *     certificate is not trusted, the host is not known, the server takes no more sessions, or it
   *     refuses the selection of datastores
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

  /** The numbers of this moment. */
  public ClientStats stats() {
    LeaseNumbers leases =
        phase.get() == Phase.STARTED
            ? LeaseNumbers.ask(loop, book, options.times().callDeadline())
            : LeaseNumbers.NONE;
    return leases.stats(counters, cache.state(), sessionId(), cache.view(), callbacks.waiting());
  }

  /** Has a listener told of everything from now on. */
  public void addListener(ClientListener listener) {
    callbacks.add(listener);
  }

  public void removeListener(ClientListener listener) {
    callbacks.remove(listener);
  }

  /** Sets or clears a maintenance mode, and applies it here before it returns. */
  public SetMaintenanceModeResponse setMaintenanceMode(SetMaintenanceModeRequest request) {
    requireStarted();
    return writes.call(
        MaintenanceServiceGrpc.getSetMaintenanceModeMethod(),
        request,
        answer -> written(request.getValidateOnly(), answer.getRevision()));
  }

  /** Adds a datastore, and applies it here before it returns. */
  public CreateDatastoreResponse createDatastore(CreateDatastoreRequest request) {
    requireStarted();
    return writes.call(
        DatastoreConfigServiceGrpc.getCreateDatastoreMethod(),
        request,
        answer -> written(request.getValidateOnly(), answer.getRevision()));
  }

  /** Changes settings, and applies them here before it returns. */
  public UpdateDatastoreResponse updateDatastore(UpdateDatastoreRequest request) {
    requireStarted();
    return writes.call(
        DatastoreConfigServiceGrpc.getUpdateDatastoreMethod(),
        request,
        answer -> written(request.getValidateOnly(), answer.getRevision()));
  }

  /** Removes a datastore, and applies that here before it returns. */
  public DeleteDatastoreResponse deleteDatastore(DeleteDatastoreRequest request) {
    requireStarted();
    return writes.call(
        DatastoreConfigServiceGrpc.getDeleteDatastoreMethod(),
        request,
        answer -> written(request.getValidateOnly(), answer.getRevision()));
  }

  /** The session; empty while there is none. */
  public Optional<String> sessionId() {
    SessionEpoch opening = cache.term().opening();
    return opening.isLive(cache.clock().now())
        ? Optional.of(opening.sessionId())
        : Optional.empty();
  }

  /**
   * Closes the session, which releases its leases, tells the holders of open handles so, and ends
   * every thread that the client has started. Idempotent.
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

  /** What is to be applied here before a write returns. */
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

  /** A few times in a linger or ttl: gives idle leases back, and looks at the clocks. */
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
