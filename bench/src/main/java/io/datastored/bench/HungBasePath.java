package io.datastored.bench;

import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceBlockingStub;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.MaintenanceServiceGrpc.MaintenanceServiceBlockingStub;
import io.datastored.v1.Operation;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.ReleaseResponse;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.datastored.v1.StatusRequest;
import io.datastored.v1.StatusResponse;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;

/**
 * Measures what a base path that hangs costs other datastores. Confined to its thread. The base
 * path has a FIFO named {@code .lock}, and clients whose lookups are refused retry. In every other
 * round the same clients use a datastore whose mode refuses them, so that the rounds differ only in
 * the hang.
 */
final class HungBasePath {

  private static final int CLIENTS = 100;
  private static final String HUNG = "store0";
  private static final String CLOSED = "store1";
  private static final String USED = "store2";
  private static final String DRAINED = "store3";
  private static final int OPEN_FROM = 2;
  private static final int DATASTORES = 20;
  private static final int ROUNDS = 20;
  private static final int TIMES = 200;
  private static final double BOUND = 1.2;
  private static final long MORE_THREADS = 4;

  /** A measured call. */
  private enum Call {
    LOOKUP("lookup and release"),
    MODE("set a mode"),
    DRAIN("drain"),
    STATUS("Status of one");

    private final String text;

    Call(String text) {
      this.text = text;
    }
  }

  private final DatastoreServiceBlockingStub datastores;
  private final MaintenanceServiceBlockingStub maintenance;

  private HungBasePath(ManagedChannel channel) {
    this.datastores = DatastoreServiceGrpc.newBlockingStub(channel);
    this.maintenance = MaintenanceServiceGrpc.newBlockingStub(channel);
  }

  /**
   * @param args {@code --short} for a tenth
   */
  public static void main(String[] args) throws Exception {
    int rounds = List.of(args).contains("--short") ? 2 : ROUNDS;
    Bounds bounds = new Bounds();
    try (ServedSite site = ServedSite.start(DATASTORES, List.of("--no-earlier-leases"))) {
      makeBases(site);
      var measured = new HungBasePath(site.connect());
      measured.set(CLOSED, MaintenanceMode.MAINTENANCE_MODE_OFFLINE);
      ManagedChannel others = site.connect();
      Map<Call, LongStream.Builder> quiet = empty();
      Map<Call, LongStream.Builder> hanging = empty();
      measured.round(empty()); // Warms up the compiler.
      long threads = 0;
      for (int round = 0; round < rounds; round++) {
        try (var clients = new RefusedClients(others, CLOSED, CLIENTS)) {
          clients.awaitRefusals();
          measured.round(quiet);
        }
        try (var clients = new RefusedClients(others, HUNG, CLIENTS)) {
          clients.awaitRefusals();
          threads = round == 0 ? site.threads() : threads;
          measured.round(hanging);
        }
      }
      System.out.println(
          "| call | p50 | p99 without, ms | p99 with one that hangs, ms | ratio | bound |");
      System.out.println("| --- | ---: | ---: | ---: | ---: | --- |");
      for (Call call : Call.values()) {
        Times before = Times.of(of(quiet, call).build().toArray());
        Times with = Times.of(of(hanging, call).build().toArray());
        double ratio = with.percentile(99) / before.percentile(99);
        Facts.tell("hung." + call.name().toLowerCase(Locale.ROOT) + ".p99", ratio);
        System.out.printf(
            Locale.ROOT,
            "| %s | %.2f | %.2f | %.2f | %.2f | %s |%n",
            call.text,
            with.percentile(50),
            before.percentile(99),
            with.percentile(99),
            ratio,
            bounds.atMost(call.text, ratio, BOUND));
      }
      long more = site.threads() - threads;
      System.out.printf(
          "%nthreads: %d at the first round, %d more at the last; %s%n",
          threads, more, bounds.atMost("threads", more, MORE_THREADS));
    }
    System.exit(bounds.exitCode());
  }

  private static LongStream.Builder of(Map<Call, LongStream.Builder> times, Call call) {
    return Objects.requireNonNull(times.get(call));
  }

  private static Map<Call, LongStream.Builder> empty() {
    Map<Call, LongStream.Builder> times = new EnumMap<>(Call.class);
    for (Call call : Call.values()) {
      times.put(call, LongStream.builder());
    }
    return times;
  }

  private static void makeBases(ServedSite site) throws IOException, InterruptedException {
    for (int i = 0; i < DATASTORES; i++) {
      Path lock = Files.createDirectories(site.base(i)).resolve(".lock");
      if (i >= OPEN_FROM) {
        Path unused = Files.createFile(lock);
      }
    }
    // Opening a FIFO for reading blocks until a process opens it for writing.
    Process mkfifo = new ProcessBuilder("mkfifo", site.base(0).resolve(".lock").toString()).start();
    if (mkfifo.waitFor() != 0) {
      throw new IOException("mkfifo has failed");
    }
  }

  private void round(Map<Call, LongStream.Builder> times) {
    for (int i = 0; i < TIMES; i++) {
      time(times, Call.LOOKUP, this::useOne);
      time(times, Call.STATUS, this::status);
      if (i % 10 == 0) {
        time(times, Call.MODE, () -> set(DRAINED, MaintenanceMode.MAINTENANCE_MODE_OFFLINE));
        time(times, Call.DRAIN, this::drain);
        set(DRAINED, MaintenanceMode.MAINTENANCE_MODE_NONE);
      }
    }
  }

  private static void time(Map<Call, LongStream.Builder> times, Call call, Runnable work) {
    long begun = System.nanoTime();
    work.run();
    of(times, call).add(System.nanoTime() - begun);
  }

  private void useOne() {
    LookupResponse granted =
        datastores.lookup(
            LookupRequest.newBuilder()
                .setDatastore(USED)
                .setOperation(Operation.OPERATION_WRITE)
                .build());
    ReleaseResponse unused =
        datastores.release(
            ReleaseRequest.newBuilder().setLeaseId(granted.getLease().getLeaseId()).build());
  }

  private void status() {
    StatusResponse unused =
        datastores.status(StatusRequest.newBuilder().setDatastore(USED).build());
  }

  private void drain() {
    Iterator<DrainResponse> answers =
        maintenance.drain(DrainRequest.newBuilder().setDatastore(DRAINED).build());
    while (answers.hasNext()) {
      DrainResponse unused = answers.next();
    }
  }

  private void set(String datastore, MaintenanceMode mode) {
    SetMaintenanceModeResponse unused =
        maintenance.setMaintenanceMode(
            SetMaintenanceModeRequest.newBuilder().setDatastore(datastore).setMode(mode).build());
  }
}
