package io.datastored.client;

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
final class InFlight implements SessionObserver {

  private final ServerChannel line;
  private final Loop loop;
  private final NearCache cache;
  private final SessionLoop session;
  private final LeaseBook book;
  private final FrameApplier applier;
  private final Trouble trouble;
  private final ClientOptions options;
  private final Map<LeaseSlot, LeaseFetch> underWay = new HashMap<>();
  private final List<PlainFetch> plain = new ArrayList<>();
  private boolean closed;

  InFlight(
      ServerChannel line,
      Loop loop,
      NearCache cache,
      SessionLoop session,
      LeaseBook book,
      FrameApplier applier,
      Trouble trouble,
      ClientOptions options) {
    this.line = line;
    this.loop = loop;
    this.cache = cache;
    this.session = session;
    this.book = book;
    this.applier = applier;
    this.options = options;
    this.trouble = trouble;
    trouble.onLasting(this::failLeases);
    line.trouble().onFound(() -> line.trouble().lasting().ifPresent(this::failAll));
  }

  /** Asks the server on behalf of a lookup. */
  void add(PendingLookup asker) {
    if (closed) {
      asker.fail(new IllegalStateException("the client is closed"));
      return;
    }
    if (asker.operation().counted()) {
      LeaseSlot slot = book.slot(asker.datastore(), asker.operation());
      LeaseFetch ask = underWay.computeIfAbsent(slot, this::ask);
      ask.add(asker);
    } else {
      var ask = new PlainFetch(this, asker);
      plain.add(ask);
      ask.send();
    }
  }

  /** Drops a lookup that its caller has given up. */
  void forget(PendingLookup asker) {
    if (asker.operation().counted()) {
      LeaseFetch ask = underWay.get(book.slot(asker.datastore(), asker.operation()));
      if (ask != null) {
        ask.forget(asker);
      }
    } else {
      List.copyOf(plain).forEach(ask -> ask.forget(asker));
    }
  }

  /** Fails all lookups that need a lease: there is no session, and retrying does not help. */
  private void failLeases(Failure failure) {
    List.copyOf(underWay.values()).forEach(ask -> ask.fail(failure.exception()));
  }

  /** Fails all lookups: there is no connection, and retrying does not help. */
  private void failAll(Failure failure) {
    failLeases(failure);
    List.copyOf(plain).forEach(ask -> ask.fail(failure.exception()));
  }

  private LeaseFetch ask(LeaseSlot slot) {
    return new LeaseFetch(this, slot);
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
  void close() {
    closed = true;
    var error = new IllegalStateException("the client is closed");
    List.copyOf(underWay.values()).forEach(ask -> ask.fail(error));
    List.copyOf(plain).forEach(ask -> ask.fail(error));
  }

  void done(LeaseFetch ask) {
    underWay.remove(ask.slot(), ask);
  }

  void done(PlainFetch ask) {
    plain.remove(ask);
  }

  ServerChannel line() {
    return line;
  }

  Loop loop() {
    return loop;
  }

  NearCache cache() {
    return cache;
  }

  SessionLoop session() {
    return session;
  }

  LeaseBook book() {
    return book;
  }

  FrameApplier applier() {
    return applier;
  }

  Trouble trouble() {
    return trouble;
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
