package io.datastored.bench.load;

import com.google.protobuf.util.Durations;
import io.datastored.bench.DeleteTree;
import io.datastored.bench.Facts;
import io.datastored.bench.Spread;
import io.datastored.bench.lookup.ArmServer;
import io.datastored.bench.lookup.BlockMount;
import io.datastored.client.ClientOptions;
import io.datastored.client.ClientState;
import io.datastored.client.DatastoredClient;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.Operation;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.StatusRequest;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Repeats the end-to-end measurement of the original: a thousand datastores, five requests for
 * each, sixteen in parallel. Confined to its thread. The first round and the later ones are timed
 * separately.
 */
final class EndToEnd {

  private static final int DATASTORES = 1000;
  private static final int ROUNDS = 5;
  private static final int IN_PARALLEL = 16;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path directory;
  private final Optional<Path> disk;
  private final Optional<Certificate> tls;
  private final int runs;

  private EndToEnd(Path directory, Optional<Path> disk, Optional<Certificate> tls, int runs) {
    this.directory = directory;
    this.disk = disk;
    this.tls = tls;
    this.runs = runs;
  }

  /** The rates of the first round and of the later ones. */
  private record Rates(double first, double later) {
    static Rates of(long begun, long first, long end) {
      return new Rates(
          DATASTORES / ((first - begun) / 1e9), (ROUNDS - 1) * DATASTORES / ((end - first) / 1e9));
    }
  }

  /** The measured runs of one server and one kind of call. */
  private record Row(Spread first, Spread later) {}

  /**
   * @param args {@code --short} for one run without TLS
   */
  public static void main(String[] args) throws Exception {
    boolean isShort = List.of(args).contains("--short");
    Path directory = Files.createTempDirectory("datastored-end-to-end");
    // Beside the classes: a temporary directory is often in memory, but this one must be on a
    // device.
    Path target = Path.of("bench", "target").toAbsolutePath();
    Optional<Path> disk =
        BlockMount.under(target).isPresent()
            ? Optional.of(Files.createTempDirectory(target, "removable"))
            : Optional.empty();
    try {
      System.out.printf(
          "Of the datastores %s is removable.%n%n", disk.isPresent() ? "one" : "none");
      System.out.println(
          "| 1,000 datastores, 5 requests each, 16 in parallel | first round, calls/s | later rounds, calls/s"
              + " | to the original, first | later |");
      System.out.println("| --- | ---: | ---: | ---: | ---: |");
      new EndToEnd(directory, disk, Optional.empty(), isShort ? 1 : 2).print("plaintext");
      if (!isShort) {
        Certificate certificate = Certificate.make(directory);
        new EndToEnd(directory, disk, Optional.of(certificate), 1).print("TLS");
      }
    } finally {
      DeleteTree.of(directory);
      if (disk.isPresent()) {
        DeleteTree.of(disk.get());
      }
    }
    System.exit(0);
  }

  private void print(String transport) throws Exception {
    for (Kind kind : Kind.values()) {
      Row before = measure("before", kind);
      print(kind, transport, "the original, rebuilt", "before", before, before);
      print(
          kind,
          transport,
          "the original with its cache",
          "config",
          measure("config", kind),
          before);
      print(kind, transport, "this server", "ours", measure("ours", kind), before);
      if (kind == Kind.LOOKUP) {
        Row near = measure("near", kind);
        print(kind, transport, "this server, through a near cache", "near", near, before);
      }
    }
  }

  private static void print(
      Kind kind, String transport, String who, String word, Row row, Row before) {
    Spread first = row.first().over(before.first());
    Spread later = row.later().over(before.later());
    System.out.printf(
        "| %s, %s: %s | %s | %s | %s× | %s× |%n",
        kind.title,
        transport,
        who,
        row.first().cell(),
        row.later().cell(),
        first.cell(),
        later.cell());
    String fact = "endtoend." + kind.name().toLowerCase(Locale.ROOT) + "." + transport;
    Facts.tell(fact + "." + word + ".first", first);
    Facts.tell(fact + "." + word + ".later", later);
  }

  /** Measures each run in a separate process, so that its first round is really the first. */
  private Row measure(String word, Kind kind) throws Exception {
    List<Double> first = new ArrayList<>();
    List<Double> later = new ArrayList<>();
    // The original is slow, and one run gives the same result as three.
    boolean isTheirs = word.equals("before") || word.equals("config");
    for (int run = 0; run < (isTheirs ? 1 : runs); run++) {
      Rates rates =
          switch (word) {
            case "ours" -> ours(kind);
            case "near" -> near();
            default -> theirs(word, kind);
          };
      first.add(rates.first());
      later.add(rates.later());
    }
    return new Row(Spread.of(first), Spread.of(later));
  }

  private Rates ours(Kind kind) throws Exception {
    try (DatastoredServer server = server()) {
      return rounds(server.process(), "store%d", 0, kind);
    }
  }

  /** Measures one client with 16 threads, which asks the server once for each datastore. */
  private Rates near() throws Exception {
    try (DatastoredServer server = server();
        DatastoredClient client =
            DatastoredClient.create(
                    ClientOptions.builder("127.0.0.1:" + server.process().port())
                        .holder("end-to-end", "bench")
                        .channels(this::channel)
                        .build())
                .start()) {
      if (!client.awaitState(ClientState.FRESH, PATIENCE)) {
        throw new IllegalStateException("not FRESH: " + client);
      }
      long begun = System.nanoTime();
      inParallel(client, DATASTORES);
      long first = System.nanoTime();
      inParallel(client, (ROUNDS - 1) * DATASTORES);
      long end = System.nanoTime();
      return Rates.of(begun, first, end);
    }
  }

  private ManagedChannelBuilder<?> channel(String target) {
    try {
      return tls.isPresent()
          ? Grpc.newChannelBuilder(target, Connections.trusting(tls.get()))
          : Grpc.newChannelBuilder(target, InsecureChannelCredentials.create());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void inParallel(DatastoredClient client, int count) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(IN_PARALLEL);
    try {
      AtomicInteger next = new AtomicInteger();
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < IN_PARALLEL; i++) {
        workers.add(
            threads.submit(
                () -> {
                  for (int n = next.getAndIncrement(); n < count; n = next.getAndIncrement()) {
                    client
                        .lookup("store" + n % DATASTORES, io.datastored.client.Operation.WRITE)
                        .close();
                  }
                }));
      }
      for (Future<?> worker : workers) {
        Object unused = worker.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  private DatastoredServer server() throws IOException {
    List<String> options = new ArrayList<>();
    tls.ifPresent(
        files ->
            options.addAll(
                List.of(
                    "--tls-cert",
                    files.certificate().toString(),
                    "--tls-key",
                    files.key().toString())));
    return disk.isPresent()
        ? DatastoredServer.startWithOneRemovable(DATASTORES, disk.get(), options)
        : DatastoredServer.start(DATASTORES, options);
  }

  private Rates theirs(String word, Kind kind) throws Exception {
    int port = ChildServer.freePort();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                word,
                Integer.toString(port),
                Integer.toString(DATASTORES),
                directory.toString(),
                disk.map(Path::toString).orElse("-")));
    tls.ifPresent(
        files -> arguments.addAll(List.of(files.certificate().toString(), files.key().toString())));
    try (ChildServer server = ChildServer.java(port, ArmServer.class.getName(), arguments)) {
      return rounds(server, "pbs_bench_%d", 1, kind);
    }
  }

  private Rates rounds(ChildServer server, String names, int from, Kind kind)
      throws IOException, InterruptedException {
    try (Connections connections =
        tls.isPresent()
            ? Connections.openTls(server.port(), 4, tls.get())
            : Connections.open(server.port(), 4)) {
      Load load = new Load(connections, IN_PARALLEL);
      Calls calls = kind.calls(names, from);
      long begun = System.nanoTime();
      load.times(calls, DATASTORES);
      long first = System.nanoTime();
      load.times(calls, (ROUNDS - 1) * DATASTORES);
      long end = System.nanoTime();
      return Rates.of(begun, first, end);
    }
  }

  /** The kind of call. */
  private enum Kind {
    STATUS("Status") {
      @Override
      Calls calls(String names, int from) {
        return new OneCall<>(
            DatastoreServiceGrpc.getStatusMethod(),
            n -> StatusRequest.newBuilder().setDatastore(datastore(names, from, n)).build());
      }
    },
    LOOKUP("Lookup and Release") {
      @Override
      Calls calls(String names, int from) {
        return Calls.both(
            new OneCall<>(
                DatastoreServiceGrpc.getLookupMethod(),
                n ->
                    LookupRequest.newBuilder()
                        .setDatastore(datastore(names, from, n))
                        .setOperation(Operation.OPERATION_WRITE)
                        .setTtl(Durations.fromMinutes(1))
                        .setLeaseId("lease-" + n)
                        .build()),
            new OneCall<>(
                DatastoreServiceGrpc.getReleaseMethod(),
                n -> ReleaseRequest.newBuilder().setLeaseId("lease-" + n).build()));
      }
    };

    private final String title;

    Kind(String title) {
      this.title = title;
    }

    abstract Calls calls(String names, int from);

    private static String datastore(String names, int from, int n) {
      return String.format(names, from + n % DATASTORES);
    }
  }
}
