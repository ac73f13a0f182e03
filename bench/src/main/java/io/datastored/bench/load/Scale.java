package io.datastored.bench.load;

import io.datastored.bench.Facts;
import io.datastored.bench.Spread;
import io.datastored.config.document.ConfigDocument;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.Operation;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Measures how each cost grows with the number of datastores. Confined to its thread. */
final class Scale {

  private static final int RUNS = 5;
  private static final int CHANGES = 20;

  private Scale() {}

  /**
   * @param args {@code --short} for at most 1,000 datastores
   */
  public static void main(String[] args) throws Exception {
    int most = List.of(args).contains("--short") ? 1_000 : 100_000;
    System.out.println(
        "| datastores | file, KiB | parse, MB/s | start to ready, ms | heap, MiB | a change by API, ms |"
            + " an edit of the file, ms | LOOKUP, p50 µs |");
    System.out.println("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for (int datastores : new int[] {5, 1_000, 10_000, 100_000}) {
      if (datastores <= most) {
        measure(datastores);
      }
    }
    System.exit(0);
  }

  @SuppressWarnings("try") // Started and stopped, not used.
  private static void measure(int datastores) throws Exception {
    List<Double> starts = new ArrayList<>();
    int runs = datastores > 10_000 ? 1 : RUNS;
    for (int run = 1; run < runs; run++) {
      long begun = System.nanoTime();
      try (DatastoredServer unused = DatastoredServer.start(datastores, List.of())) {
        starts.add((System.nanoTime() - begun) / 1e6);
      }
    }
    long begun = System.nanoTime();
    try (DatastoredServer server = DatastoredServer.start(datastores, List.of());
        Connections connections = Connections.open(server.process().port(), 4)) {
      starts.add((System.nanoTime() - begun) / 1e6);
      Path file = server.directory().resolve("datastore.cfg");
      double bytes = Files.size(file);
      Spread parse = parse(Files.readAllBytes(file));
      var watch =
          Streams.open(
              connections,
              1,
              DatastoreServiceGrpc.getWatchGenerationMethod(),
              i -> WatchGenerationRequest.newBuilder().addDatastores("store0").build(),
              WatchGenerationResponse::hasChange);
      Spread api = changes(watch, connections);
      Spread edit = edits(watch, file);
      double heap = server.process().liveHeap() / (1 << 20);
      OneCall<LookupRequest, ?> lookup =
          new OneCall<>(
              DatastoreServiceGrpc.getLookupMethod(),
              n ->
                  LookupRequest.newBuilder()
                      .setDatastore("store" + (int) (n * 2654435761L % datastores))
                      .setOperation(Operation.OPERATION_LOOKUP)
                      .build());
      Load one = new Load(connections, 1);
      Load.Result unused = one.closed(lookup, Duration.ofSeconds(1));
      Load.Result looked = one.closed(lookup, Duration.ofSeconds(1));
      Spread start = Spread.of(starts);
      System.out.printf(
          "| %,d | %s | %s | %s | %s | %s | %s | %s |%n",
          datastores,
          Spread.digits(bytes / 1024),
          parse.cell(),
          start.cell(),
          Spread.digits(heap),
          api.cell(),
          edit.cell(),
          Spread.digits(looked.p50Micros()));
      String fact = "scale." + datastores + ".";
      Facts.tell(fact + "parse", parse);
      Facts.tell(fact + "start", start);
      Facts.tell(fact + "heap", heap);
      Facts.tell(fact + "change", api);
      Facts.tell(fact + "edit", edit);
      Facts.tell(fact + "lookup", looked.p50Micros());
    }
  }

  /** The speed of a warm parser, in megabytes per second. */
  private static Spread parse(byte[] bytes) {
    List<Double> rates = new ArrayList<>();
    int times = (int) Math.max(1, 20_000_000L / bytes.length / RUNS);
    for (int run = -RUNS; run < RUNS; run++) {
      long begun = System.nanoTime();
      int sections = 0;
      for (int i = 0; i < times; i++) {
        sections += ConfigDocument.parse(bytes).sections().size();
      }
      double seconds = (System.nanoTime() - begun) / 1e9;
      if (sections == 0) {
        throw new IllegalStateException("nothing was parsed");
      }
      if (run >= 0) {
        rates.add(bytes.length * (double) times / seconds / 1e6);
      }
    }
    return Spread.of(rates);
  }

  private static Spread changes(
      Streams<WatchGenerationRequest, WatchGenerationResponse> watch, Connections connections)
      throws Exception {
    var maintenance = MaintenanceServiceGrpc.newBlockingStub(connections.get(1));
    List<Double> millis = new ArrayList<>();
    for (int i = -CHANGES / 2; i < CHANGES; i++) {
      MaintenanceMode mode =
          i % 2 == 0
              ? MaintenanceMode.MAINTENANCE_MODE_READ_ONLY
              : MaintenanceMode.MAINTENANCE_MODE_NONE;
      long nanos =
          watch.change(
              () -> {
                SetMaintenanceModeResponse unused =
                    maintenance.setMaintenanceMode(
                        SetMaintenanceModeRequest.newBuilder()
                            .setDatastore("store0")
                            .setMode(mode)
                            .build());
              });
      if (i >= 0) {
        millis.add(nanos / 1e6);
      }
    }
    return Spread.of(millis);
  }

  /** Edits the file like an editor that renames a new file into place; measured from the rename. */
  private static Spread edits(
      Streams<WatchGenerationRequest, WatchGenerationResponse> watch, Path file) throws Exception {
    String text = Files.readString(file);
    List<Double> millis = new ArrayList<>();
    for (int i = -2; i < CHANGES / 2; i++) {
      Path next = file.resolveSibling(".datastore.cfg.edit");
      String edited = text.replaceFirst("comment shelf", "comment " + (i + 2) + ". shelf");
      Files.write(next, edited.getBytes(StandardCharsets.UTF_8));
      long nanos =
          watch.change(
              () -> {
                try {
                  Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      if (i >= 0) {
        millis.add(nanos / 1e6);
      }
    }
    return Spread.of(millis);
  }
}
