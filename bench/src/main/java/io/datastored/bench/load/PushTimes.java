package io.datastored.bench.load;

import io.datastored.bench.DeleteTree;
import io.datastored.bench.Facts;
import io.datastored.bench.Spread;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.ReleaseResponse;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Measures the time from requesting a change until the last of many watchers receives it, compared
 * with etcd and with a server that only pushes the same frame to as many streams on request.
 * Confined to its thread.
 */
final class PushTimes {

  /**
   * Warm-up changes: a program compiles code after thousands of executions, on the cores that are
   * measured.
   */
  private static final int FIRST_CHANGES = 1000;

  private static final int WARM_UP = 100;

  private final int rounds;
  private boolean isReadOnly;

  private PushTimes(int rounds) {
    this.rounds = rounds;
  }

  /** A shape is a number of streams and of connections that carry them. */
  private record Shape(int streams, int connections) {}

  /**
   * @param args {@code --short} for a thousand streams only
   */
  public static void main(String[] args) throws Exception {
    boolean isShort = List.of(args).contains("--short");
    List<Shape> shapes =
        isShort
            ? List.of(new Shape(1_000, 100))
            : List.of(new Shape(1_000, 100), new Shape(1_000, 1_000), new Shape(10_000, 100));
    System.out.println(
        "| a change to the last of | bare push, ms | this server, ms | of the bare push | etcd, ms |"
            + " etcd's of the bare push | heap of a watcher, KiB | memory, KiB | etcd's memory, KiB |");
    System.out.println("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for (Shape shape : shapes) {
      new PushTimes(isShort ? 10 : 30).measure(shape);
    }
    System.exit(0);
  }

  private void measure(Shape shape) throws Exception {
    Path recorded = Files.createTempFile("datastored-push", "");
    Path data = Files.createTempDirectory("datastored-etcd");
    try (DatastoredServer ours = DatastoredServer.start(10, List.of());
        Connections toOurs = Connections.open(ours.process().port(), shape.connections())) {
      Runnable toggle = () -> toggle(toOurs);
      warmUpAlone(ours.process().port(), toggle);
      double heapBefore = ours.process().liveHeap();
      double before = ours.process().resident();
      var streams = watches(toOurs, shape.streams());
      double heap = (ours.process().liveHeap() - heapBefore) / shape.streams() / 1024;
      double memory = (ours.process().resident() - before) / shape.streams() / 1024;
      warmUp(streams, toggle, WARM_UP);
      record(recorded, streams.lastChange());

      int port = ChildServer.freePort();
      List<Double> bare = new ArrayList<>();
      List<Double> us = new ArrayList<>();
      List<Double> them = new ArrayList<>();
      double theirMemory = 0;
      try (ChildServer echo =
              ChildServer.java(
                  port,
                  EchoServer.class.getName(),
                  List.of(Integer.toString(port), recorded.toString()));
          Connections toEcho = Connections.open(echo.port(), shape.connections())) {
        Runnable push = () -> push(toEcho);
        warmUpAlone(echo.port(), push);
        var bareStreams = watches(toEcho, shape.streams());
        warmUp(bareStreams, push, WARM_UP);
        echo.collect();
        ours.process().collect();
        for (int round = 0; round < rounds; round++) {
          bare.add(bareStreams.change(push) / 1e6);
          us.add(streams.change(toggle) / 1e6);
        }
        Optional<Path> program = Etcd.program();
        if (program.isPresent()) {
          theirMemory = measureEtcd(program.get(), data, shape, them);
        }
      }
      print(shape, bare, us, them);
      System.out.printf(
          " %s | %s | %s |%n",
          Spread.digits(heap),
          Spread.digits(memory),
          theirMemory == 0 ? "" : Spread.digits(theirMemory));
      Facts.tell("watcher.heap." + name(shape), heap);
      Facts.tell("watcher.memory." + name(shape), memory);
    } finally {
      Files.delete(recorded);
      DeleteTree.of(data);
    }
  }

  private double measureEtcd(Path program, Path data, Shape shape, List<Double> millis)
      throws Exception {
    try (ChildServer etcd = Etcd.start(program, data);
        Connections toEtcd = Connections.open(etcd.port(), shape.connections())) {
      OneCall<byte[], byte[]> put = new OneCall<>(Etcd.PUT, n -> Etcd.put("store0", new byte[120]));
      EtcdReady.await(toEtcd, put);
      double before = etcd.resident();
      var streams =
          Streams.open(
              toEtcd, shape.streams(), Etcd.WATCH, i -> Etcd.watch("store0"), Etcd::hasEvents);
      double memory = (etcd.resident() - before) / shape.streams() / 1024;
      Runnable change = () -> put.start(toEtcd.get(0), 0, well -> {});
      warmUp(streams, change, WARM_UP);
      for (int round = 0; round < rounds; round++) {
        millis.add(streams.change(change) / 1e6);
      }
      return memory;
    }
  }

  private static Streams<?, WatchGenerationResponse> watches(Connections connections, int count)
      throws Exception {
    return Streams.open(
        connections,
        count,
        DatastoreServiceGrpc.getWatchGenerationMethod(),
        i -> WatchGenerationRequest.getDefaultInstance(),
        WatchGenerationResponse::hasChange);
  }

  /** Warms up with one watcher. */
  private static void warmUpAlone(int port, Runnable change) throws Exception {
    try (Connections one = Connections.open(port, 1)) {
      warmUp(watches(one, 1), change, FIRST_CHANGES);
    }
  }

  private static void warmUp(Streams<?, ?> streams, Runnable change, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      long unused = streams.change(change);
    }
  }

  private static String name(Shape shape) {
    return shape.streams() + "." + shape.connections();
  }

  private static void print(Shape shape, List<Double> bare, List<Double> us, List<Double> them) {
    // Compare medians: a round that was disturbed by the machine says nothing about the others.
    Spread ratio = Spread.of(Spread.of(us).median() / Spread.of(bare).median());
    System.out.printf(
        "| %,d watchers on %,d connections | %s | %s | %s× | %s | %s |",
        shape.streams(),
        shape.connections(),
        Spread.of(bare).cell(),
        Spread.of(us).cell(),
        ratio.cell(),
        them.isEmpty() ? "" : Spread.of(them).cell(),
        them.isEmpty()
            ? ""
            : Spread.digits(Spread.of(them).median() / Spread.of(bare).median()) + "×");
    Facts.tell("push." + name(shape), ratio);
  }

  private static void record(Path file, WatchGenerationResponse frame) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      LookupResponse.getDefaultInstance().writeDelimitedTo(out);
      LookupResponse.getDefaultInstance().writeDelimitedTo(out);
      frame.writeDelimitedTo(out);
    }
  }

  private void toggle(Connections connections) {
    isReadOnly = !isReadOnly;
    SetMaintenanceModeResponse unused =
        MaintenanceServiceGrpc.newBlockingStub(connections.get(0))
            .setMaintenanceMode(
                SetMaintenanceModeRequest.newBuilder()
                    .setDatastore("store0")
                    .setMode(
                        isReadOnly
                            ? MaintenanceMode.MAINTENANCE_MODE_READ_ONLY
                            : MaintenanceMode.MAINTENANCE_MODE_NONE)
                    .build());
  }

  private static void push(Connections connections) {
    ReleaseResponse unused =
        DatastoreServiceGrpc.newBlockingStub(connections.get(0))
            .release(ReleaseRequest.newBuilder().setLeaseId("push").build());
  }
}
