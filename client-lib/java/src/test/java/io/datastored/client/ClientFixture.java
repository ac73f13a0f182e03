package io.datastored.client;

import io.datastored.client.fake.FakeDatastored;
import io.datastored.client.fake.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A client and a fake server on the same thread, with manual time for both. */
public final class ClientFixture {

  static final Duration TTL = Duration.ofSeconds(9);

  public final ManualTime time = new ManualTime();
  public final FakeDatastored server = FakeDatastored.inProcess(time, time);
  public final List<StateChange> states = new ArrayList<>();
  public final List<AppliedFrame> frames = new ArrayList<>();
  public final List<LeaseLost> losses = new ArrayList<>();
  public final List<SessionOpened> sessions = new ArrayList<>();
  public final DatastoredClient client;

  public ClientFixture() {
    this(options -> options);
  }

  public ClientFixture(UnaryOperator<ClientOptions.Builder> more) {
    var ids = new AtomicInteger();
    server.put("main");
    server.put("other");
    ClientOptions.Builder options =
        server
            .options()
            .ttl(TTL)
            .times(
                times ->
                    times
                        .withLinger(Duration.ofSeconds(4))
                        .withBookmarkInterval(Duration.ofHours(1)))
            .threads(ClientThreads.of(time, time))
            .sources(
                new ClientSources(time, time, new Random(1), () -> "id-" + ids.incrementAndGet()));
    client = DatastoredClient.create(more.apply(options).build());
    client.addListener(
        new ClientListener() {
          @Override
          public void onState(StateChange change) {
            states.add(change);
          }

          @Override
          public void onFrame(AppliedFrame frame) {
            frames.add(frame);
          }

          @Override
          public void onLeaseLost(LeaseLost lost) {
            losses.add(lost);
          }

          @Override
          public void onSession(SessionOpened opened) {
            sessions.add(opened);
          }
        });
  }

  /** Starts the client and lets it become FRESH. */
  public ClientFixture start() {
    client.start();
    time.run();
    return this;
  }

  /** Looks up; the lookup is answered when this returns. */
  public Handle lookup(Operation operation) {
    return lookup("main", operation, LookupOptions.DEFAULT);
  }

  public Handle lookup(String name, Operation operation, LookupOptions options) {
    CompletableFuture<Handle> answer = client.lookupAsync(name, operation, options);
    time.run();
    if (!answer.isDone()) {
      throw new AssertionError("not answered");
    }
    return result(answer);
  }

  /** The result of a future; throws its failure. */
  public static Handle result(CompletableFuture<Handle> answer) {
    try {
      return answer.join();
    } catch (java.util.concurrent.CompletionException e) {
      throw (RuntimeException) e.getCause();
    }
  }

  /** Looks up in the background. */
  public CompletableFuture<Handle> ask(Operation operation) {
    CompletableFuture<Handle> answer = client.lookupAsync("main", operation, LookupOptions.DEFAULT);
    time.run();
    return answer;
  }

  public void advance(Duration by) {
    time.advance(by);
  }

  public void seconds(long seconds) {
    time.advance(Duration.ofSeconds(seconds));
  }

  public RefusedException refusal(Operation operation) {
    try {
      lookup(operation).close();
    } catch (RefusedException e) {
      return e;
    }
    throw new AssertionError("granted");
  }

  /** The statistics, for which the loop must run. */
  public ClientStats stats() {
    CompletableFuture<ClientStats> numbers = CompletableFuture.supplyAsync(client::stats);
    while (!numbers.isDone()) {
      time.run();
      Thread.onSpinWait();
    }
    return numbers.join();
  }
}
