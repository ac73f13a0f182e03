package io.datastored.client;

import io.datastored.v1.CloseSessionRequest;
import io.datastored.v1.CloseSessionResponse;
import io.datastored.v1.SessionServiceGrpc;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Closing is the ordered shutdown of a client. Thread-safe: {@link #run} is called once. */
final class Closing {

  private final Loop loop;
  private final ServerChannel control;
  private final ServerChannel calls;
  private final SessionLoop session;
  private final WatchLoop watch;
  private final InFlight asks;
  private final LeaseBook book;
  private final Trouble trouble;
  private final Duration patience;

  Closing(
      Loop loop,
      ServerChannel control,
      ServerChannel calls,
      SessionLoop session,
      WatchLoop watch,
      InFlight asks,
      LeaseBook book,
      Trouble trouble,
      ClientTimes times) {
    this.loop = loop;
    this.control = control;
    this.calls = calls;
    this.session = session;
    this.watch = watch;
    this.asks = asks;
    this.book = book;
    this.trouble = trouble;
    this.patience = times.closing();
  }

  /**
   * Shuts down everything of the client except its threads.
   *
   * @param started whether there may be a session to close
   */
  void run(boolean started) {
    var ended = new CompletableFuture<Void>();
    loop.execute(() -> end(started, ended));
    boolean unused = Futures.done(ended, patience.multipliedBy(2));
    var shut = new CompletableFuture<Void>();
    loop.execute(
        () -> {
          control.close();
          calls.close();
          loop.stop();
          shut.complete(null);
        });
    if (Futures.done(shut, patience)) {
      awaitEnd();
    }
  }

  private void awaitEnd() {
    try {
      control.awaitEnd(patience);
      calls.awaitEnd(patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void end(boolean started, CompletableFuture<Void> ended) {
    // Local promises end before the server is notified: it may grant the same rights to others at
    // once.
    asks.close();
    watch.close();
    String sessionId = session.stop();
    book.close();
    // If there was never a connection, no session was requested and no server can be notified.
    if (!started || (control.trouble().neverConnected() && !control.isConnected())) {
      ended.complete(null);
      return;
    }
    Call unused =
        control.call(
            SessionServiceGrpc.getCloseSessionMethod(),
            CloseSessionRequest.newBuilder().setSessionId(sessionId).build(),
            patience,
            new Call.Answer<CloseSessionResponse>() {
              @Override
              public void answered(CloseSessionResponse answer, long sentAt) {
                trouble.sessionIsFine();
                ended.complete(null);
              }

              @Override
              public void failed(Failure failure) {
                // The server ends the session when its ttl expires.
                trouble.ofSession(failure);
                ended.complete(null);
              }
            });
  }
}
