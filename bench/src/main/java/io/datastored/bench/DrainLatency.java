package io.datastored.bench;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.DrainState;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.MaintenanceServiceGrpc.MaintenanceServiceBlockingStub;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Measures the time from setting a mode to DRAINED, with all clients alive and with one of them
 * dead. Confined to its thread. All clients cache, and each has an idle lease that it releases when
 * it learns of the mode.
 */
final class DrainLatency {

  private static final String DATASTORE = "store0";
  private static final int CONNECTIONS = 10;
  private static final long TTL_MILLIS = 10_000;
  private static final long DEAD_TTL_MILLIS = 2_000;
  private static final double ALIVE_BOUND_MILLIS = 250;

  /** The server keeps every promise 1 % and 500 ms longer than it reports. */
  private static final double MARGIN_MILLIS = 0.01 * DEAD_TTL_MILLIS + 500;

  private static final double DEAD_BOUND_MILLIS = DEAD_TTL_MILLIS + 1000 + MARGIN_MILLIS;

  private final MaintenanceServiceBlockingStub maintenance;
  private final List<CachingClient> clients;
  private final Bounds bounds = new Bounds();

  private DrainLatency(MaintenanceServiceBlockingStub maintenance, List<CachingClient> clients) {
    this.maintenance = maintenance;
    this.clients = clients;
  }

  /**
   * @param args {@code --short} for a tenth
   */
  public static void main(String[] args) throws Exception {
    int scale = List.of(args).contains("--short") ? 10 : 1;
    int code;
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    try (ServedSite site = ServedSite.start(1, List.of("--no-earlier-leases"))) {
      List<ManagedChannel> channels = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        channels.add(site.connect());
      }
      List<CachingClient> clients = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        ManagedChannel channel = channels.get(i % CONNECTIONS);
        clients.add(new CachingClient(channel, "client-" + i, DATASTORE, TTL_MILLIS).open());
      }
      timer.scheduleAtFixedRate(
          () -> clients.forEach(CachingClient::keepAlive), 1000, 1000, TimeUnit.MILLISECONDS);
      var maintenance = MaintenanceServiceGrpc.newBlockingStub(channels.get(0));
      DrainLatency latency = new DrainLatency(maintenance, clients);
      System.out.println("| drain | count | p50 ms | p99 ms | most ms | bound ms |");
      System.out.println("| --- | ---: | ---: | ---: | ---: | --- |");
      latency.allAlive(200 / scale);
      latency.oneDead(channels.get(1), Math.max(3, 10 / scale));
      code = latency.bounds.exitCode();
    } finally {
      timer.shutdownNow();
    }
    System.exit(code);
  }

  private void allAlive(int times) throws Exception {
    long[] nanos = new long[times];
    // The first rounds warm up the compiler.
    for (int i = -times / 4; i < times; i++) {
      acquireAll();
      long begun = System.nanoTime();
      drain();
      if (i >= 0) {
        nanos[i] = System.nanoTime() - begun;
      }
      set(MaintenanceMode.MAINTENANCE_MODE_NONE);
    }
    Times all = Times.of(nanos);
    Facts.tell("drain.alive.p99", all.percentile(99));
    print(
        clients.size() + " clients alive and caching",
        all,
        bounds.atMost("p99 with all alive", all.percentile(99), ALIVE_BOUND_MILLIS));
  }

  /** Measured from the last message of the dead client. */
  private void oneDead(ManagedChannel channel, int times) throws Exception {
    long[] nanos = new long[times];
    for (int i = 0; i < times; i++) {
      var victim = new CachingClient(channel, "victim-" + i, DATASTORE, DEAD_TTL_MILLIS).open();
      LookupResponse unused = victim.acquire().get();
      acquireAll();
      victim.keepAlive();
      long last = victim.die();
      drain();
      nanos[i] = System.nanoTime() - last;
      set(MaintenanceMode.MAINTENANCE_MODE_NONE);
    }
    Times all = Times.of(nanos);
    Facts.tell("drain.dead.over", all.most() - DEAD_TTL_MILLIS - MARGIN_MILLIS);
    print(
        "one of them dead, since its last word; its ttl is " + DEAD_TTL_MILLIS + " ms",
        all,
        bounds.atMost("one dead", all.most(), DEAD_BOUND_MILLIS)
            + "; "
            + bounds.atLeast("one dead", all.least(), DEAD_TTL_MILLIS));
  }

  private static void print(String what, Times times, String bound) {
    System.out.println("| " + what + " | " + times.cells() + " | " + bound + " |");
  }

  private void acquireAll() throws Exception {
    List<ListenableFuture<LookupResponse>> leases = new ArrayList<>();
    clients.forEach(client -> leases.add(client.acquire()));
    List<LookupResponse> unused = Futures.allAsList(leases).get();
  }

  private void drain() {
    set(MaintenanceMode.MAINTENANCE_MODE_OFFLINE);
    Iterator<DrainResponse> answers =
        maintenance.drain(DrainRequest.newBuilder().setDatastore(DATASTORE).build());
    DrainState state = DrainState.DRAIN_STATE_UNSPECIFIED;
    while (answers.hasNext()) {
      state = answers.next().getState();
    }
    if (state != DrainState.DRAIN_STATE_DRAINED) {
      throw new IllegalStateException("ended with " + state);
    }
  }

  private void set(MaintenanceMode mode) {
    SetMaintenanceModeResponse unused =
        maintenance.setMaintenanceMode(
            SetMaintenanceModeRequest.newBuilder().setDatastore(DATASTORE).setMode(mode).build());
  }
}
