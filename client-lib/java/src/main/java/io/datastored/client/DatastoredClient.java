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
  private final LeaseBook book;
  private final SessionLoop session;
  private final Asks asks;
  private final Writes writes;
  private final Closing closing;
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.CREATED);
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  private DatastoredClient(ClientOptions options) {
    this.options = options;
    this.threads = options.threads().orElseGet(() -> ClientThreads.create("datastored", 1));
    this.loop = new Loop(threads.scheduler());
    this.callbacks = new Callbacks(threads.callbacks(), counters);
    ClientTimes times = options.times();
    var clock = new ClientClock(options.sources());
    var channels = new Channels(options, threads);
    // The watch and the renewals have a connection of their own: no flood of lookups delays them.
    var control = new Line(channels::open, loop, clock, counters, options);
    var calls = new Line(channels::open, loop, clock, counters, options);
    this.cache = new NearCache(clock, options, counters, this::look);
    var returns = new Returns(calls, loop, times, new Backoff(times, options.sources().random()));
    this.book = new LeaseBook(loop, returns, callbacks, counters, options);
    this.session =
        new SessionLoop(
            control,
            loop,
            cache,
            book,
            callbacks,
            stateWaits,
            counters,
            options,
            ClientHolder.request(options));
    var applier = new FrameApplier(cache, book, new Selection(options.datastores()));
    var revisionWaits = new RevisionWaits();
    var watch =
        new WatchLoop(
            control, loop, cache, session, applier, revisionWaits, callbacks, counters, options);
    this.asks = new Asks(calls, loop, cache, session, book, applier, options);
    session.observe(watch);
    session.observe(new Reclaims(control, loop, session, book, counters, options));
    session.observe(new Strays(control, session, book, counters, times));
    session.observe(asks);
    this.writes = new Writes(calls, loop, cache, revisionWaits, watch, times);
    this.closing = new Closing(loop, control, calls, session, watch, asks, book, times);
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
    Handle local = cache.lookup(datastore, operation, wanted);
    if (local != null) {
      return local;
    }
    Asker asker = asker(datastore, operation, wanted);
    Duration patience = cache.clock().until(asker.deadline());
    return Awaiting.of(
        asker.answer(),
        patience.plus(options.times().attempt()),
        () -> {
          asker.timeOut();
          return new UnavailableException("no answer in time to lookup of '" + datastore + "'");
        });
  }

  /**
   * The same without waiting. Whatever hangs on the future runs on the callback threads, or at once
   * when it was answered from memory; it fails with what the other form throws.
   */
  public CompletableFuture<Handle> lookupAsync(
      String datastore, Operation operation, LookupOptions wanted) {
    try {
      Handle local = cache.lookup(datastore, operation, wanted);
      if (local != null) {
        return CompletableFuture.completedFuture(local);
      }
      Asker asker = asker(datastore, operation, wanted);
      var answer = new CompletableFuture<Handle>();
      asker
          .answer()
          .whenCompleteAsync(
              (handle, error) -> {
                if (error != null) {
                  answer.completeExceptionally(error);
                } else if (!answer.complete(handle)) {
                  handle.close();
                }
              },
              callbacks);
      return answer;
    } catch (RefusedException | IllegalStateException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private Asker asker(String datastore, Operation operation, LookupOptions wanted) {
    if (phase.get() != Phase.STARTED) {
      throw new IllegalStateException(
          phase.get() == Phase.CLOSED ? "the client is closed" : "the client is not started");
    }
    long now = cache.clock().now();
    Duration patience = wanted.deadline().orElse(options.times().callDeadline());
    var asker = new Asker(datastore, operation, wanted, now, now + patience.toNanos());
    loop.execute(() -> asks.add(asker));
    return asker;
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

  /** Waits until the client is in a state; false when it was not in time. */
  public boolean awaitState(ClientState wanted, Duration patience) {
    var reached = new CompletableFuture<Void>();
    loop.execute(
        () -> {
          if (cache.state() == wanted) {
            reached.complete(null);
          } else {
            stateWaits.add(wanted, reached);
          }
        });
    return Awaiting.done(reached, patience);
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
    Opening opening = cache.term().opening();
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
      boolean unused = Awaiting.done(closed, options.times().closing().multipliedBy(4));
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

  private static Optional<Revision> written(boolean onlyValidated, Revision revision) {
    return onlyValidated || revision.getGeneration() == 0
        ? Optional.empty()
        : Optional.of(revision);
  }

  private void requireStarted() {
    if (phase.get() != Phase.STARTED) {
      throw new IllegalStateException("the client is not started, or closed");
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
