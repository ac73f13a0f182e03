package io.datastored.bench;

import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.Operation;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Measures what floods on 20 connections cost: the lookups of another client before and during each
 * flood, and the memory of the server. Confined to its thread.
 */
final class Floods {
  private static final int CONNECTIONS = 20;
  private static final int DATASTORES = 10_000;
  private static final double SLOWER_BOUND = 2;
  private static final double MEMORY_BOUND_MIB = 200;
  private static final double SLOWEST_AFTERWARDS_MILLIS = 1_000;

  private final Bounds bounds = new Bounds();
  private final long seconds;

  private Floods(long seconds) {
    this.seconds = seconds;
  }

  /**
   * @param args {@code --short} for three seconds of each instead of eight
   */
  public static void main(String[] args) throws Exception {
    var floods = new Floods(List.of(args).contains("--short") ? 3 : 8);
    System.out.printf(
        "%d connections for %d s, %d datastores%n%n", CONNECTIONS, floods.seconds, DATASTORES);
    System.out.println(
        "| flood | lookup p50 quiet, ms | during, ms | slower | memory, MiB more | failed |"
            + " slowest afterwards, ms |");
    System.out.println("| --- | --- | --- | --- | --- | --- | --- |");
    for (Flood flood : Flood.values()) {
      floods.measure(flood);
    }
    System.exit(floods.bounds.exitCode());
  }

  private void measure(Flood flood) throws Exception {
    Path keys = Files.createTempDirectory("datastored-bench-tls");
    int port = freePort();
    try (ServedSite site =
        flood == Flood.HALF_OPEN_TLS
            ? encrypted(keys, port)
            : ServedSite.start(DATASTORES, port, List.of(), List.of("--no-earlier-leases"))) {
      ManagedChannel channel = flood == Flood.HALF_OPEN_TLS ? site.connect(keys) : site.connect();
      long warmUp = median(lookups(channel, TimeUnit.SECONDS.toNanos(2)).times());
      double quiet = median(lookups(channel, TimeUnit.SECONDS.toNanos(seconds)).times()) / 1e6;
      // The memory that mode changes need does not count as the flood's, so they run before it and
      // after it.
      double unused = changes(channel);
      long before = site.mostMemoryMib();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      List<Thread> attackers = new ArrayList<>();
      for (int each = 0; each < CONNECTIONS; each++) {
        Thread attacker = new Thread(() -> flood.run(port, end));
        attacker.start();
        attackers.add(attacker);
      }
      Lookups during = lookups(channel, end - System.nanoTime());
      for (Thread attacker : attackers) {
        attacker.join();
      }
      double afterwards = changes(channel);
      row(
          flood,
          quiet,
          median(during.times()) / 1e6,
          site.mostMemoryMib() - before,
          during.failed(),
          afterwards);
    } finally {
      DeleteTree.of(keys);
    }
  }

  private void row(
      Flood flood, double quiet, double during, long memory, int failed, double afterwards) {
    String name = flood.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    System.out.printf(
        Locale.ROOT,
        "| %s | %.2f | %.2f | %.1f times, %s | %d, %s | %d, %s | %.1f, %s |%n",
        name,
        quiet,
        during,
        during / quiet,
        bounds.atMost(name + ", lookup", during / quiet, SLOWER_BOUND),
        memory,
        bounds.atMost(name + ", memory", memory, MEMORY_BOUND_MIB),
        failed,
        bounds.atLeast(name + ", lookups answered", -failed, 0),
        afterwards,
        bounds.atMost(name + ", afterwards", afterwards, SLOWEST_AFTERWARDS_MILLIS));
  }

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Lookups(long[] times, int failed) {}

  private static Lookups lookups(ManagedChannel channel, long nanos) {
    var stub = DatastoreServiceGrpc.newBlockingStub(channel);
    LookupRequest request =
        LookupRequest.newBuilder()
            .setDatastore("store1")
            .setOperation(Operation.OPERATION_LOOKUP)
            .build();
    long end = System.nanoTime() + nanos;
    long[] times = new long[1 << 20];
    int count = 0;
    int failed = 0;
    while (System.nanoTime() - end < 0 && count < times.length) {
      long begun = System.nanoTime();
      try {
        var unused = stub.withDeadlineAfter(10, TimeUnit.SECONDS).lookup(request);
      } catch (StatusRuntimeException e) {
        failed++;
      }
      times[count++] = System.nanoTime() - begun;
    }
    return new Lookups(Arrays.copyOf(times, count), failed);
  }

  /**
   * Changes a mode back and forth, waiting for each answer; the result is the time of the slowest
   * change.
   */
  private static double changes(ManagedChannel channel) {
    var stub = MaintenanceServiceGrpc.newBlockingStub(channel);
    double slowest = 0;
    for (MaintenanceMode mode :
        List.of(MaintenanceMode.MAINTENANCE_MODE_OFFLINE, MaintenanceMode.MAINTENANCE_MODE_NONE)) {
      long begun = System.nanoTime();
      var unused =
          stub.withDeadlineAfter(10, TimeUnit.SECONDS)
              .setMaintenanceMode(
                  SetMaintenanceModeRequest.newBuilder()
                      .setDatastore("store2")
                      .setMode(mode)
                      .build());
      slowest = Math.max(slowest, (System.nanoTime() - begun) / 1e6);
    }
    return slowest;
  }

  private static long median(long[] times) {
    Arrays.sort(times);
    return times[times.length / 2];
  }

  private static ServedSite encrypted(Path keys, int port) throws Exception {
    Process made =
        new ProcessBuilder(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "30",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-keyout",
                keys.resolve("key.pem").toString(),
                "-out",
                keys.resolve("cert.pem").toString())
            .redirectErrorStream(true)
            .start();
    try (InputStream said = made.getInputStream()) {
      String log = new String(said.readAllBytes(), StandardCharsets.UTF_8);
      if (made.waitFor() != 0) {
        throw new IOException("openssl: " + log);
      }
    }
    return ServedSite.start(
        DATASTORES,
        port,
        List.of(),
        List.of(
            "--no-earlier-leases",
            "--tls-cert",
            keys.resolve("cert.pem").toString(),
            "--tls-key",
            keys.resolve("key.pem").toString()));
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
