package io.datastored.client.internal;

import io.datastored.client.ClientTimes;
import io.datastored.client.internal.lookup.InFlight;
import io.datastored.client.internal.loop.Futures;
import io.datastored.client.internal.loop.Loop;
import io.datastored.client.internal.session.ClientHealth;
import io.datastored.client.internal.session.LeaseBook;
import io.datastored.client.internal.session.Servers;
import io.datastored.client.internal.session.SessionLoop;
import io.datastored.client.internal.transport.Call;
import io.datastored.client.internal.transport.ServerChannel;
import io.datastored.client.internal.watch.WatchLoop;
import io.datastored.v1.CloseSessionRequest;
import io.datastored.v1.SessionServiceGrpc;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Closing is the ordered shutdown of a client. Thread-safe: {@link #run} is called once. */
public final class Closing {

  private final Loop loop;
  private final Servers servers;
  private final ServerChannel control;
  private final ServerChannel calls;
  private final SessionLoop session;
  private final WatchLoop watch;
  private final InFlight inFlight;
  private final LeaseBook book;
  private final ClientHealth health;
  private final Duration timeout;

  Closing(
      Loop loop,
      Servers servers,
      ServerChannel control,
      ServerChannel calls,
      SessionLoop session,
      WatchLoop watch,
      InFlight inFlight,
      LeaseBook book,
      ClientHealth health,
      ClientTimes times) {
    this.loop = loop;
    this.servers = servers;
    this.control = control;
    this.calls = calls;
    this.session = session;
    this.watch = watch;
    this.inFlight = inFlight;
    this.book = book;
    this.health = health;
    this.timeout = times.closing();
  }

  /** Shuts down everything of a started client except its threads. */
  void run() {
    var ended = new CompletableFuture<Void>();
    loop.execute(() -> end(ended));
    boolean unused = Futures.reached(ended, timeout.multipliedBy(2));
    var shut = new CompletableFuture<Void>();
    loop.execute(
        () -> {
          control.close();
          calls.close();
          loop.stop();
          shut.complete(null);
        });
    if (Futures.reached(shut, timeout)) {
      awaitEnd();
    }
  }

  private void awaitEnd() {
    try {
      control.awaitEnd(timeout);
      calls.awaitEnd(timeout);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void end(CompletableFuture<Void> ended) {
    // Local promises end before the server is notified: it may grant the same rights to others at
    // once.
    inFlight.close();
    watch.close();
    String sessionId = session.stop();
    book.close();
    CompletableFuture<Void> left =
        CompletableFuture.allOf(
            servers.closeLeft("", timeout).toArray(CompletableFuture<?>[]::new));
    // If there was never a connection, no session was requested and no server can be notified.
    if (control.health().neverConnected() && !control.isConnected()) {
      left.thenRun(() -> ended.complete(null));
      return;
    }
    Call unused =
        control.call(
            SessionServiceGrpc.getCloseSessionMethod(),
            CloseSessionRequest.newBuilder().setSessionId(sessionId).build(),
            timeout,
            (answer, sentAt) -> {
              health.sessionRecovered();
              left.thenRun(() -> ended.complete(null));
            },
            failure -> {
              // The server ends the session when its ttl expires.
              health.sessionFailed(failure);
              left.thenRun(() -> ended.complete(null));
            });
  }
}
