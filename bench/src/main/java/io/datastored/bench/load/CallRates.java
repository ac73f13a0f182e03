package io.datastored.bench.load;

import static java.util.stream.Collectors.joining;

import com.google.common.collect.Lists;
import com.google.protobuf.util.Durations;
import io.datastored.bench.DeleteTree;
import io.datastored.bench.Facts;
import io.datastored.bench.Spread;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.Operation;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.ReleaseResponse;
import io.datastored.v1.WatchGenerationResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Measures how many calls per second a server answers with 64 calls in flight, compared with an
 * echo of the same messages and with etcd. Confined to its thread. The servers are measured in
 * turns, and each run has its own servers.
 */
final class CallRates {

  private static final int CONNECTIONS = 4;
  private static final int IN_FLIGHT = 64;
  private static final int DATASTORES = 1000;
  private static final int LEASES = 1000;

  /** For the warm-up, and for measurements that are made once. */
  private static final Duration LONG_ROUND = Duration.ofSeconds(3);

  private static final int ROUNDS = 7;
  private static final Duration ROUND = Duration.ofMillis(600);

  /** A row is one line of the table: a name, a load and the calls that it makes. */
  private record Row(String name, Load load, Calls call) {}

  /** The rows of the current run; the results are those of all runs. */
  private final List<Row> rows = new ArrayList<>();

  private final Map<String, List<Load.Result>> results = new LinkedHashMap<>();

  private CallRates() {}

  /**
   * @param args {@code --short} for a few seconds
   */
  public static void main(String[] args) throws Exception {
    boolean isShort = List.of(args).contains("--short");
    CallRates rates = new CallRates();
    int runs = isShort ? 1 : 3;
    for (int run = 1; run <= runs; run++) {
      rates.run(run == runs);
    }
    System.exit(0);
  }

  private void run(boolean isLast) throws Exception {
    Path recorded = Files.createTempFile("datastored-echo", "");
    Path data = Files.createTempDirectory("datastored-etcd");
    try (DatastoredServer ours = DatastoredServer.start(DATASTORES, List.of());
        Connections toOurs = Connections.open(ours.process().port(), CONNECTIONS)) {
      String etag = record(toOurs, recorded);
      int port = ChildServer.freePort();
      try (ChildServer echo =
              ChildServer.java(
                  port,
                  EchoServer.class.getName(),
                  List.of(Integer.toString(port), recorded.toString()));
          Connections toEcho = Connections.open(echo.port(), CONNECTIONS)) {
        Load us = new Load(toOurs, IN_FLIGHT);
        Load ceiling = new Load(toEcho, IN_FLIGHT);
        rows.clear();
        rows.add(new Row("echo, messages of LOOKUP", ceiling, lookup(etag)));
        rows.add(new Row("Lookup as LOOKUP, known_etag", us, lookup(etag)));
        rows.add(new Row("echo, messages of READ", ceiling, renewal(etag)));
        rows.add(new Row("Lookup as READ, renewing", us, renewal(etag)));
        measureBesideEtcd(data);
        if (isLast) {
          print();
          pairs(us);
          open(us, etag);
        }
      }
    } finally {
      Files.delete(recorded);
      DeleteTree.of(data);
    }
  }

  private void measureBesideEtcd(Path data) throws Exception {
    Optional<Path> program = Etcd.program();
    if (program.isEmpty()) {
      measure();
      return;
    }
    try (ChildServer etcd = Etcd.start(program.get(), data);
        Connections toEtcd = Connections.open(etcd.port(), CONNECTIONS)) {
      fill(toEtcd);
      Load them = new Load(toEtcd, IN_FLIGHT);
      rows.add(new Row("etcd Range, linearizable", them, range(Etcd.Consistency.LINEARIZABLE)));
      rows.add(new Row("etcd Range, serializable", them, range(Etcd.Consistency.SERIALIZABLE)));
      measure();
    }
  }

  /**
   * Makes each call once, records the answers for the echo, and acquires the leases that are
   * renewed later.
   */
  private static String record(Connections connections, Path file) throws IOException {
    var stub = DatastoreServiceGrpc.newBlockingStub(connections.get(0));
    String etag = etag(connections);
    LookupResponse read = LookupResponse.getDefaultInstance();
    for (int i = 0; i < LEASES; i++) {
      read = stub.lookup(renewal(etag).request().apply(i));
    }
    try (OutputStream out = Files.newOutputStream(file)) {
      stub.lookup(lookup(etag).request().apply(7)).writeDelimitedTo(out);
      read.writeDelimitedTo(out);
      WatchGenerationResponse.getDefaultInstance().writeDelimitedTo(out);
    }
    return etag;
  }

  private static String etag(Connections connections) {
    return DatastoreServiceGrpc.newBlockingStub(connections.get(0))
        .lookup(lookup("").request().apply(7))
        .getDatastore()
        .getEtag();
  }

  /** Looks up the same datastore each time, so that one etag matches. */
  private static OneCall<LookupRequest, LookupResponse> lookup(String etag) {
    LookupRequest request =
        LookupRequest.newBuilder()
            .setDatastore("store7")
            .setOperation(Operation.OPERATION_LOOKUP)
            .setKnownEtag(etag)
            .build();
    return new OneCall<>(DatastoreServiceGrpc.getLookupMethod(), n -> request);
  }

  private static OneCall<LookupRequest, LookupResponse> renewal(String etag) {
    LookupRequest[] requests = new LookupRequest[LEASES];
    for (int i = 0; i < LEASES; i++) {
      requests[i] =
          LookupRequest.newBuilder()
              .setDatastore("store7")
              .setOperation(Operation.OPERATION_READ)
              .setTtl(Durations.fromMinutes(10))
              .setLeaseId("lease-" + i)
              .setKnownEtag(etag)
              .build();
    }
    return new OneCall<>(DatastoreServiceGrpc.getLookupMethod(), n -> requests[n % LEASES]);
  }

  private static OneCall<byte[], byte[]> range(Etcd.Consistency consistency) {
    byte[] request = Etcd.range("store7", consistency);
    return new OneCall<>(Etcd.RANGE, n -> request);
  }

  /** Writes as many keys, with values as long as a section. Waits until the member serves. */
  private static void fill(Connections connections) throws InterruptedException {
    OneCall<byte[], byte[]> put =
        new OneCall<>(Etcd.PUT, n -> Etcd.put("store" + n % DATASTORES, new byte[120]));
    EtcdReady.await(connections, put);
    new Load(connections, 16).times(put, DATASTORES);
  }

  /**
   * Runs many short rounds: a machine that is slow for a while spoils a round, but not the median.
   */
  private void measure() throws InterruptedException {
    for (Row row : rows) {
      Load.Result unused = row.load().closed(row.call(), LONG_ROUND);
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (Row row : rows) {
        results
            .computeIfAbsent(row.name(), name -> new ArrayList<>())
            .add(row.load().closed(row.call(), ROUND));
      }
    }
  }

  private void print() {
    System.out.println("| 64 in flight on 4 connections | calls/s | p50 µs | p99 µs |");
    System.out.println("| --- | ---: | ---: | ---: |");
    results.forEach(
        (name, runs) ->
            System.out.printf(
                "| %s | %s | %s | %s |%n",
                name,
                Spread.of(runs.stream().map(Load.Result::rate).toList()).cell(),
                Spread.of(runs.stream().map(Load.Result::p50Micros).toList()).cell(),
                Spread.of(runs.stream().map(Load.Result::p99Micros).toList()).cell()));
    System.out.println("\n| in the same round | ratio | of each run |\n| --- | ---: | ---: |");
    ratio("LOOKUP to the echo, rate", "grpc.lookup.echo", 1, 0);
    ratio("READ renewal to the echo, rate", "grpc.read.echo", 3, 2);
    p99("LOOKUP to the echo, p99", "grpc.lookup.p99", 1, 0);
    p99("READ renewal to the echo, p99", "grpc.read.p99", 3, 2);
    if (rows.size() == 4) {
      System.out.println("\netcd is not installed: not compared.");
    } else {
      ratio("LOOKUP to etcd's linearizable Range, rate", "grpc.lookup.etcd", 1, 4);
      ratio("LOOKUP to etcd's serializable Range, rate", "grpc.lookup.etcd.serializable", 1, 5);
    }
  }

  private void ratio(String name, String fact, int of, int to) {
    print(name, fact, compared(of, to, Load.Result::rate));
  }

  private void p99(String name, String fact, int of, int to) {
    print(name, fact, compared(of, to, Load.Result::p99Micros));
  }

  private void print(String name, String fact, List<Double> ratios) {
    String runs =
        Lists.partition(ratios, ROUNDS).stream()
            .map(run -> Spread.digits(Spread.of(run).median()))
            .collect(joining(", "));
    System.out.printf("| %s | %s× | %s |%n", name, Spread.of(ratios).cell(), runs);
    Facts.tell(fact, Spread.of(ratios));
  }

  /** Compares measurements of the same round only. */
  private List<Double> compared(int of, int to, ToDoubleFunction<Load.Result> part) {
    List<Load.Result> ours = results.getOrDefault(rows.get(of).name(), List.of());
    List<Load.Result> theirs = results.getOrDefault(rows.get(to).name(), List.of());
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      ratios.add(part.applyAsDouble(ours.get(i)) / part.applyAsDouble(theirs.get(i)));
    }
    return ratios;
  }

  /** Grants a lease and releases it; the pair counts as one call. */
  private static void pairs(Load load) throws InterruptedException {
    OneCall<LookupRequest, LookupResponse> grant =
        new OneCall<>(
            DatastoreServiceGrpc.getLookupMethod(),
            n ->
                LookupRequest.newBuilder()
                    .setDatastore("store" + n % DATASTORES)
                    .setOperation(Operation.OPERATION_WRITE)
                    .setTtl(Durations.fromMinutes(1))
                    .setLeaseId("pair-" + n)
                    .build());
    OneCall<ReleaseRequest, ReleaseResponse> release =
        new OneCall<>(
            DatastoreServiceGrpc.getReleaseMethod(),
            n -> ReleaseRequest.newBuilder().setLeaseId("pair-" + n).build());
    Calls pair = Calls.both(grant, release);
    Load.Result unused = load.closed(pair, LONG_ROUND);
    Load.Result result = load.closed(pair, LONG_ROUND);
    System.out.printf(
        "%nLookup as WRITE, then Release, 64 pairs in flight: %s pairs/s, p50 %s µs, p99 %s µs.%n",
        Spread.digits(result.rate()),
        Spread.digits(result.p50Micros()),
        Spread.digits(result.p99Micros()));
    Facts.tell("grpc.pairs", result.rate());
  }

  /**
   * Runs at a quarter of the rate of the closed loop; the time of a call starts when it was due.
   */
  private void open(Load load, String etag) throws InterruptedException {
    double quarter =
        Spread.of(
                    results.getOrDefault("Lookup as LOOKUP, known_etag", List.of()).stream()
                        .map(Load.Result::rate)
                        .toList())
                .median()
            / 4;
    Load.Result result = load.open(lookup(etag), LONG_ROUND, quarter);
    System.out.printf(
        "%nOpen loop, LOOKUP at %s calls/s: p50 %s µs, p99 %s µs.%n",
        Spread.digits(result.rate()),
        Spread.digits(result.p50Micros()),
        Spread.digits(result.p99Micros()));
    Facts.tell("grpc.open.p99", result.p99Micros());
  }
}
