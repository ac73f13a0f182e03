package io.datastored.client.internal;

import io.datastored.client.ClientListener;
import io.datastored.client.ClientOptions;
import io.datastored.client.ClientState;
import io.datastored.client.ClientStats;
import io.datastored.client.ClientThreads;
import io.datastored.client.ClientTimes;
import io.datastored.client.DatastoredClient;
import io.datastored.client.DatastoredException;
import io.datastored.client.Handle;
import io.datastored.client.LookupOptions;
import io.datastored.client.Operation;
import io.datastored.client.internal.cache.NearCache;
import io.datastored.client.internal.cache.Selection;
import io.datastored.client.internal.cache.SessionEpoch;
import io.datastored.client.internal.cache.View;
import io.datastored.client.internal.lookup.InFlight;
import io.datastored.client.internal.loop.Callbacks;
import io.datastored.client.internal.loop.ClientClock;
import io.datastored.client.internal.loop.Counters;
import io.datastored.client.internal.loop.Futures;
import io.datastored.client.internal.loop.Loop;
import io.datastored.client.internal.session.ClientHealth;
import io.datastored.client.internal.session.ClientHolder;
import io.datastored.client.internal.session.LeaseBook;
import io.datastored.client.internal.session.LeaseNumbers;
import io.datastored.client.internal.session.OrphanLeases;
import io.datastored.client.internal.session.PendingReleases;
import io.datastored.client.internal.session.Reclaims;
import io.datastored.client.internal.session.Servers;
import io.datastored.client.internal.session.SessionLoop;
import io.datastored.client.internal.session.StateWaits;
import io.datastored.client.internal.transport.Backoff;
import io.datastored.client.internal.transport.Channels;
import io.datastored.client.internal.transport.Failure;
import io.datastored.client.internal.transport.ServerChannel;
import io.datastored.client.internal.transport.Targets;
import io.datastored.client.internal.watch.FrameApplier;
import io.datastored.client.internal.watch.RevisionWaits;
import io.datastored.client.internal.watch.WatchLoop;
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
 * A default client is the implementation of {@link DatastoredClient}: the one assembly where the
 * rooms of the client meet. Thread-safe.
 */
final class DefaultClient implements DatastoredClient {

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
  private final ClientHealth health;
  private final LeaseBook book;
  private final SessionLoop session;
  private final Lookups lookups;
  private final Writes writes;
  private final Closing closing;
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.CREATED);
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  DefaultClient(ClientOptions options) {
    this.options = options;
    this.threads = options.threads().orElseGet(() -> ownThreads(options));
    this.loop = new Loop(threads.scheduler());
    this.callbacks = new Callbacks(threads.callbacks(), counters);
    ClientTimes times = options.times();
    var clock = new ClientClock(options.sources());
    var targets = new Targets(options.targets(), options.sources().random());
    var channels = new Channels(options, targets, threads);
    // The watch and the renewals use a separate connection, so a flood of lookups cannot delay
    // them.
    var control = new ServerChannel(channels::open, loop, clock, counters, targets, options);
    var calls = new ServerChannel(channels::open, loop, clock, counters, targets, options);
    this.health = new ClientHealth(control.health(), stateWaits);
    this.cache = new NearCache(clock, options, counters, this::look);
    var returns =
        new PendingReleases(calls, loop, times, new Backoff(times, options.sources().random()));
    this.book = new LeaseBook(loop, returns, callbacks, counters, options);
    var servers =
        new Servers(targets, control, calls, new Backoff(times, options.sources().random()));
    this.session =
        new SessionLoop(
            servers,
            loop,
            cache,
            book,
            callbacks,
            stateWaits,
            health,
            counters,
            options,
            ClientHolder.request(options));
    var applier = new FrameApplier(cache, book, new Selection(options.datastores()));
    var revisionWaits = new RevisionWaits();
    var watch =
        new WatchLoop(
            servers,
            loop,
            cache,
            session,
            applier,
            revisionWaits,
            callbacks,
            health,
            counters,
            options);
    var inFlight = new InFlight(calls, loop, cache, session, book, applier, health, options);
    this.lookups = new Lookups(cache, loop, inFlight, callbacks, times, this::requireStarted);
    if (options.nearCache()) {
      session.observe(watch);
    }
    session.observe(new Reclaims(control, loop, clock, session, book, counters, options));
    session.observe(new OrphanLeases(control, session, book, counters, times));
    session.observe(inFlight);
    this.writes = new Writes(calls, loop, cache, revisionWaits, watch, times);
    this.closing =
        new Closing(loop, servers, control, calls, session, watch, inFlight, book, health, times);
  }

  private static ClientThreads ownThreads(ClientOptions options) {
    return options.channels().isPresent()
        ? ClientThreads.withoutNetwork("datastored", 1)
        : ClientThreads.create("datastored", 1);
  }

  @Override
  public DatastoredClient start() {
    if (phase.compareAndSet(Phase.CREATED, Phase.STARTED)) {
      loop.execute(session::start);
      lookLater();
    } else if (phase.get() == Phase.CLOSED) {
      throw new IllegalStateException("the client is closed");
    }
    return this;
  }

  @Override
  public Handle lookup(String datastore, Operation operation, LookupOptions wanted) {
    return lookups.lookup(datastore, operation, wanted);
  }

  @Override
  public CompletableFuture<Handle> lookupAsync(
      String datastore, Operation operation, LookupOptions wanted) {
    return lookups.lookupAsync(datastore, operation, wanted);
  }

  @Override
  public ClientState state() {
    return cache.state();
  }

  @Override
  public Optional<Revision> applied() {
    return cache.view().revision();
  }

  @Override
  public boolean await(Revision revision, Duration timeout) {
    return writes.await(revision, timeout);
  }

  @Override
  public Optional<DatastoredException> trouble() {
    return health.failure().map(Failure::exception);
  }

  @Override
  public boolean awaitState(ClientState wanted, Duration timeout) {
    var reached = new CompletableFuture<Void>();
    loop.execute(
        () -> {
          if (cache.state() == wanted) {
            reached.complete(null);
          } else {
            stateWaits.add(wanted, reached);
            health.failWaits();
          }
        });
    return Futures.reached(reached, timeout);
  }

  @Override
  public ClientStats stats() {
    LeaseNumbers leases =
        phase.get() == Phase.STARTED
            ? LeaseNumbers.read(loop, book, options.times().callDeadline())
            : LeaseNumbers.NONE;
    return leases.stats(counters, cache.state(), sessionId(), cache.view(), callbacks.waiting());
  }

  @Override
  public void addListener(ClientListener listener) {
    callbacks.add(listener);
  }

  @Override
  public void removeListener(ClientListener listener) {
    callbacks.remove(listener);
  }

  @Override
  public SetMaintenanceModeResponse setMaintenanceMode(SetMaintenanceModeRequest request) {
    requireStarted();
    return writes.call(
        MaintenanceServiceGrpc.getSetMaintenanceModeMethod(),
        request,
        answer -> written(request.getValidateOnly(), answer.getRevision()));
  }

  @Override
  public CreateDatastoreResponse createDatastore(CreateDatastoreRequest request) {
    requireStarted();
    return writes.call(
        DatastoreConfigServiceGrpc.getCreateDatastoreMethod(),
        request,
        answer -> written(request.getValidateOnly(), answer.getRevision()));
  }

  @Override
  public UpdateDatastoreResponse updateDatastore(UpdateDatastoreRequest request) {
    requireStarted();
    return writes.call(
        DatastoreConfigServiceGrpc.getUpdateDatastoreMethod(),
        request,
        answer -> written(request.getValidateOnly(), answer.getRevision()));
  }

  @Override
  public DeleteDatastoreResponse deleteDatastore(DeleteDatastoreRequest request) {
    requireStarted();
    return writes.call(
        DatastoreConfigServiceGrpc.getDeleteDatastoreMethod(),
        request,
        answer -> written(request.getValidateOnly(), answer.getRevision()));
  }

  @Override
  public Optional<String> server() {
    return opening().map(SessionEpoch::server);
  }

  @Override
  public Optional<String> sessionId() {
    return opening().map(SessionEpoch::sessionId);
  }

  private Optional<SessionEpoch> opening() {
    return Optional.of(cache.term().opening()).filter(last -> last.isLive(cache.clock().now()));
  }

  @Override
  public void close() {
    Phase before = phase.getAndSet(Phase.CLOSED);
    if (before == Phase.CLOSED) {
      boolean unused = Futures.reached(closed, options.times().closing().multipliedBy(4));
      return;
    }
    if (before == Phase.STARTED) {
      closing.run();
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
    return "DatastoredClient[%s, %s, at %s, session %s, applied %s, %d datastores]"
        .formatted(
            String.join(",", options.targets()),
            cache.state(),
            server().orElse("none"),
            sessionId().orElse("none"),
            view.revision()
                .map(r -> r.getIncarnation() + "/" + r.getGeneration())
                .orElse("nothing"),
            view.size());
  }
}
