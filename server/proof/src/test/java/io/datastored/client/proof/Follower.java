package io.datastored.client.proof;

import io.datastored.client.AppliedFrame;
import io.datastored.client.ClientListener;
import io.datastored.client.ClientOptions;
import io.datastored.client.ClientState;
import io.datastored.client.ClientStats;
import io.datastored.client.ClientThreads;
import io.datastored.client.DatastoredClient;
import io.datastored.client.Handle;
import io.datastored.client.LookupOptions;
import io.datastored.client.Operation;
import io.datastored.client.Origin;
import io.datastored.client.RefusedException;
import io.datastored.client.SuspectReads;
import io.datastored.client.UnavailableException;
import io.datastored.client.proof.Following.Seen;
import io.datastored.client.proof.Following.Told;
import io.datastored.proof.site.Site;
import io.datastored.testkit.proxy.FaultProxy;
import io.datastored.v1.Revision;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A follower is a client behind a proxy of its own whose listener looks at everything that it is
 * told of. Thread-safe: what it noted is under its own lock.
 */
final class Follower implements ClientListener, AutoCloseable {

  private static final LookupOptions EAGER =
      LookupOptions.DEFAULT
          .withDeadline(Duration.ofSeconds(1))
          .withSuspectReads(SuspectReads.ALLOWED);

  /**
   * Longer than all that goes wrong in one play, on a machine that does much else: a client that
   * has lost its server again and again answers nothing from memory for as long.
   */
  static final Duration OUTAGE = Duration.ofSeconds(60);

  private final String who;
  private final FaultProxy proxy;
  private final DatastoredClient client;
  private final List<Told> told = new ArrayList<>();
  private final List<Seen> seen = new ArrayList<>();

  private Follower(String who, FaultProxy proxy, DatastoredClient client) {
    this.who = who;
    this.proxy = proxy;
    this.client = client;
  }

  static Follower start(String who, Site site, ClientThreads threads) throws IOException {
    FaultProxy proxy = FaultProxy.to(site.address());
    DatastoredClient client =
        DatastoredClient.create(
            ClientOptions.builder(proxy.target())
                .holder(who, "proof")
                .ttl(Duration.ofSeconds(1))
                .times(
                    times ->
                        times
                            .withAttempt(Duration.ofMillis(500))
                            .withMostBackoff(Duration.ofMillis(300))
                            .withBookmarkInterval(Duration.ofSeconds(1)))
                .threads(threads)
                .build());
    Follower follower = new Follower(who, proxy, client);
    client.addListener(follower);
    client.start();
    return follower;
  }

  FaultProxy proxy() {
    return proxy;
  }

  ClientStats stats() {
    return client.stats();
  }

  @Override
  public void onFrame(AppliedFrame frame) {
    synchronized (this) {
      told.add(Told.of(frame));
    }
    for (String name : frame.changed()) {
      look(name)
          .ifPresent(
              version -> {
                synchronized (this) {
                  seen.add(new Seen(name, version));
                }
              });
    }
  }

  /** What is in memory; what the server is asked for is no sign that the client knows it. */
  private Optional<Version> look(String name) {
    // While there is no server, and while a session is opened again, nothing is answered from
    // memory.
    long end = System.nanoTime() + OUTAGE.toNanos();
    do {
      try (Handle handle = client.lookup(name, Operation.LOOKUP, EAGER)) {
        if (handle.origin() == Origin.CACHE) {
          return Optional.of(Version.of(handle.datastore()));
        }
      } catch (RefusedException | UnavailableException e) {
        // Again, then.
      }
    } while (System.nanoTime() < end);
    System.err.println(
        "updates: " + name + " not in memory for " + OUTAGE.toSeconds() + " s: " + this);
    return Optional.empty();
  }

  /** Waits until a revision is applied and the client is sure of it. */
  boolean await(Revision revision, Duration patience) {
    return client.await(revision, patience) && client.awaitState(ClientState.FRESH, patience);
  }

  Following following(Collection<String> names) {
    Map<String, Version> memory = new TreeMap<>();
    names.forEach(name -> look(name).ifPresent(version -> memory.put(name, version)));
    synchronized (this) {
      return new Following(who, told, seen, memory);
    }
  }

  @Override
  public String toString() {
    return client.toString();
  }

  @Override
  public void close() throws IOException {
    client.close();
    proxy.close();
  }
}
