package io.datastored.client.internal.session;

import io.datastored.client.ClientTimes;
import io.datastored.client.internal.loop.Loop;
import io.datastored.client.internal.transport.Backoff;
import io.datastored.client.internal.transport.Call;
import io.datastored.client.internal.transport.ServerChannel;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.ReleaseRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Pending releases are the leases that are being released: each Release is repeated until it is
 * answered. Confined to the loop.
 */
public final class PendingReleases {

  /**
   * Limits concurrent Releases, so that a client that drops thousands of leases does not flood the
   * server.
   */
  private static final int AT_A_TIME = 16;

  private final ServerChannel channel;
  private final Loop loop;
  private final ClientTimes times;
  private final Backoff backoff;
  private final Set<String> pending = new LinkedHashSet<>();
  private final Queue<String> queue = new ArrayDeque<>();
  private int underWay;

  public PendingReleases(ServerChannel channel, Loop loop, ClientTimes times, Backoff backoff) {
    this.channel = channel;
    this.loop = loop;
    this.times = times;
    this.backoff = backoff;
  }

  /** Releases a lease that was, or may have been, granted. */
  void add(String lease, Consumer<String> done) {
    if (pending.add(lease)) {
      queue.add(lease);
      sendNext(done);
    }
  }

  boolean has(String lease) {
    return pending.contains(lease);
  }

  int size() {
    return pending.size();
  }

  /** Forgets all: the session is closed, which ends its leases. */
  void forget() {
    pending.clear();
    queue.clear();
  }

  private void sendNext(Consumer<String> done) {
    while (underWay < AT_A_TIME && !queue.isEmpty()) {
      send(queue.remove(), done);
    }
  }

  private void send(String lease, Consumer<String> done) {
    underWay++;
    Call unused =
        channel.call(
            DatastoreServiceGrpc.getReleaseMethod(),
            ReleaseRequest.newBuilder().setLeaseId(lease).build(),
            (answer, sentAt) -> {
              underWay--;
              backoff.reset();
              ended(lease, done);
            },
            failure -> {
              underWay--;
              if (failure.isTransientOnceAccepted() && pending.contains(lease)) {
                Duration delay = backoff.next(failure, times.mostBackoff());
                Loop.Timer timer =
                    loop.schedule(
                        delay,
                        () -> {
                          queue.add(lease);
                          sendNext(done);
                        });
                assert timer != null;
              } else {
                ended(lease, done);
              }
            });
  }

  private void ended(String lease, Consumer<String> done) {
    if (pending.remove(lease)) {
      done.accept(lease);
    }
    sendNext(done);
  }
}
