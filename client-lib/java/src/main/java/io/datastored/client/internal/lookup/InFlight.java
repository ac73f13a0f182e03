package io.datastored.client.internal.lookup;

import io.datastored.client.ClientOptions;
import io.datastored.client.ClientTimes;
import io.datastored.client.internal.cache.LeaseSlot;
import io.datastored.client.internal.cache.NearCache;
import io.datastored.client.internal.cache.SessionEpoch;
import io.datastored.client.internal.loop.Loop;
import io.datastored.client.internal.session.ClientHealth;
import io.datastored.client.internal.session.LeaseBook;
import io.datastored.client.internal.session.SessionLoop;
import io.datastored.client.internal.session.SessionObserver;
import io.datastored.client.internal.transport.Backoff;
import io.datastored.client.internal.transport.Failure;
import io.datastored.client.internal.transport.ServerChannel;
import io.datastored.client.internal.watch.FrameApplier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * In flight are the lookups that wait for an answer of the server. Confined to the loop.
 *
 * <p>For each datastore and counted operation there is one request at a time. Lookups that arrive
 * while it is in progress share its answer, so a herd costs one call.
 */
public final class InFlight implements SessionObserver {

  // What each fetch works with.
  final ServerChannel channel;
  final Loop loop;
  final NearCache cache;
  final SessionLoop session;
  final LeaseBook book;
  final FrameApplier applier;
  final ClientHealth health;
  private final ClientOptions options;
  private final Map<LeaseSlot, LeaseFetch> underWay = new HashMap<>();
  private final List<PlainFetch> plain = new ArrayList<>();
  private boolean closed;

  public InFlight(
      ServerChannel channel,
      Loop loop,
      NearCache cache,
      SessionLoop session,
      LeaseBook book,
      FrameApplier applier,
      ClientHealth health,
      ClientOptions options) {
    this.channel = channel;
    this.loop = loop;
    this.cache = cache;
    this.session = session;
    this.book = book;
    this.applier = applier;
    this.options = options;
    this.health = health;
    health.onPermanentFailure(this::failLeases);
    channel.health().onFailure(() -> channel.health().permanentFailure().ifPresent(this::failAll));
  }

  /** Asks the server on behalf of a lookup. */
  public void add(PendingLookup waiter) {
    if (closed) {
      waiter.fail(new IllegalStateException("the client is closed"));
      return;
    }
    if (waiter.operation().counted()) {
      LeaseSlot slot = book.slot(waiter.datastore(), waiter.operation());
      LeaseFetch fetch = underWay.computeIfAbsent(slot, at -> new LeaseFetch(this, at));
      fetch.add(waiter);
    } else {
      var fetch = new PlainFetch(this, waiter);
      plain.add(fetch);
      fetch.send();
    }
  }

  /** Drops a lookup that its caller has given up. */
  public void forget(PendingLookup waiter) {
    if (waiter.operation().counted()) {
      LeaseFetch fetch = underWay.get(book.slot(waiter.datastore(), waiter.operation()));
      if (fetch != null) {
        fetch.forget(waiter);
      }
    } else {
      List.copyOf(plain).forEach(fetch -> fetch.forget(waiter));
    }
  }

  /** Fails all lookups that need a lease: there is no session, and retrying does not help. */
  private void failLeases(Failure failure) {
    List.copyOf(underWay.values()).forEach(fetch -> fetch.fail(failure.exception()));
  }

  /** Fails all lookups: there is no connection, and retrying does not help. */
  private void failAll(Failure failure) {
    failLeases(failure);
    List.copyOf(plain).forEach(fetch -> fetch.fail(failure.exception()));
  }

  @Override
  public void onOpened(SessionEpoch opening) {
    List.copyOf(underWay.values()).forEach(LeaseFetch::goOn);
  }

  @Override
  public void onOver() {
    List.copyOf(underWay.values()).forEach(LeaseFetch::sessionOver);
  }

  /** Fails all current and later lookups. */
  public void close() {
    closed = true;
    var error = new IllegalStateException("the client is closed");
    List.copyOf(underWay.values()).forEach(fetch -> fetch.fail(error));
    List.copyOf(plain).forEach(fetch -> fetch.fail(error));
  }

  /** Remembers a refusal, if it is one that a later lookup of the same name would get again. */
  void remember(String datastore, Failure failure, long sentAt) {
    failure
        .refusal()
        .ifPresent(refusal -> cache.negatives().put(datastore, refusal, cache.view(), sentAt));
  }

  void done(LeaseFetch fetch) {
    underWay.remove(fetch.slot(), fetch);
  }

  void done(PlainFetch fetch) {
    plain.remove(fetch);
  }

  ClientTimes times() {
    return options.times();
  }

  Supplier<String> ids() {
    return options.sources().ids();
  }

  Backoff backoff() {
    return new Backoff(options.times(), options.sources().random());
  }
}
