package io.datastored.bench.lookup;

import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ListMultimap;
import io.datastored.bench.Facts;
import io.datastored.bench.Spread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A lookup table compares all arms on one workload after another. Confined to its thread. The arms
 * run in turns, so that other load on the machine affects all of them.
 *
 * <p>Each run uses a newly opened arm. Opening it is not counted; the first lookup of each
 * datastore is.
 */
final class LookupTable {

  private static final long WARM_UP_NANOS = 1_000_000_000L;
  private static final long SETTLE_MILLIS = 50;

  /** The arms that are already warm. */
  private static final Set<ArmKind> WARM = EnumSet.noneOf(ArmKind.class);

  /** Fewer rounds for the slowest arm, whose runs also vary less than those of the others. */
  private static final int ROUNDS_OF_BEFORE = 2;

  /**
   * A row of the original's table. Immutable.
   *
   * @param fact name of its ratio in the report
   * @param theirs ratio that the original's authors reported
   */
  record Row(String name, String fact, Workload workload, double theirs) {}

  private final List<ArmKind> kinds;
  private final int rounds;

  LookupTable(List<ArmKind> kinds, int rounds) {
    this.kinds = kinds;
    this.rounds = rounds;
  }

  /** Measures all rows on a site and prints the table. */
  void print(String title, LookupSite site, List<Row> rows) throws Exception {
    System.out.printf("%n### %s%n%n", title);
    StringBuilder head = new StringBuilder("| workload |");
    StringBuilder line = new StringBuilder("| --- |");
    for (ArmKind kind : kinds) {
      head.append(' ').append(kind.title()).append(", ns |");
      line.append(" ---: |");
      if (kind != ArmKind.BEFORE) {
        head.append(" A is so many times that |");
        line.append(" ---: |");
      }
    }
    System.out.println(head + " the original's own ratio |");
    System.out.println(line + " ---: |");
    for (ArmKind kind : kinds) {
      if (WARM.add(kind)) {
        warmUp(kind, site, rows.get(0).workload());
      }
    }
    for (Row row : rows) {
      // A run of the engine takes less time than compiling its code.
      warmUp(ArmKind.OURS, site, row.workload());
    }
    for (Row row : rows) {
      System.out.println(cells(row, measure(site, row.workload())));
    }
  }

  private String cells(Row row, Map<ArmKind, Spread> measured) {
    StringBuilder cells = new StringBuilder("| ").append(row.name()).append(" |");
    Optional<Spread> before = Optional.ofNullable(measured.get(ArmKind.BEFORE));
    measured.forEach(
        (kind, nanos) -> {
          cells.append(' ').append(nanos.cell()).append(" |");
          if (kind != ArmKind.BEFORE && before.isPresent()) {
            Spread ratio = before.get().over(nanos);
            cells.append(' ').append(ratio.cell()).append("× |");
            Facts.tell(row.fact() + "." + kind.word(), ratio);
          }
          Facts.tell(row.fact() + "." + kind.word() + ".ns", nanos);
        });
    if (measured.containsKey(ArmKind.CONFIG) && measured.containsKey(ArmKind.OURS)) {
      Facts.tell(
          row.fact() + ".ours.config",
          measured.get(ArmKind.CONFIG).over(measured.get(ArmKind.OURS)));
    }
    return cells + (row.theirs() > 0 ? String.format(Locale.ROOT, " %.2f× |", row.theirs()) : " |");
  }

  /** The time of one lookup and release for each arm, in nanoseconds. */
  private Map<ArmKind, Spread> measure(LookupSite site, Workload workload) throws Exception {
    ListMultimap<ArmKind, Double> runs = ArrayListMultimap.create();
    for (int round = 0; round < rounds; round++) {
      for (ArmKind kind : kinds) {
        if (kind == ArmKind.BEFORE && round >= ROUNDS_OF_BEFORE) {
          continue;
        }
        for (int i = 0; i < kind.runsOfARound(); i++) {
          try (LookupArm arm = kind.open(site)) {
            // Background work of a newly opened arm is not measured.
            Thread.sleep(SETTLE_MILLIS);
            long nanos = workload.run(arm, site.names());
            runs.put(kind, (double) nanos / workload.operations());
          }
        }
      }
    }
    Map<ArmKind, Spread> spreads = new EnumMap<>(ArmKind.class);
    runs.asMap().forEach((kind, nanos) -> spreads.put(kind, Spread.of(nanos)));
    return spreads;
  }

  private static void warmUp(ArmKind kind, LookupSite site, Workload workload) throws IOException {
    long begun = System.nanoTime();
    do {
      try (LookupArm arm = kind.open(site)) {
        long unused = workload.run(arm, site.names());
        for (int i = 0; i < 100 && System.nanoTime() - begun < WARM_UP_NANOS; i++) {
          unused = workload.run(arm, site.names());
        }
      }
    } while (System.nanoTime() - begun < WARM_UP_NANOS);
  }

  /** The rows of the original: M of a thousand datastores, N times each. */
  static List<Row> ofThousand() {
    List<Row> rows = new ArrayList<>();
    double[] each = {15.6, 14.5, 8.8, 1.8};
    double[] bulk = {8.5, 7.9, 5.2, 1.9};
    for (Workload.Release release : Workload.Release.values()) {
      for (int i = 0, m = 1; m <= 1000; m *= 10, i++) {
        boolean isEach = release == Workload.Release.EACH;
        rows.add(
            new Row(
                "B"
                    + ((isEach ? 8 : 12) + i)
                    + ": M="
                    + m
                    + " N="
                    + 1000 / m
                    + (isEach ? "" : ", held and released together"),
                "lookup." + (isEach ? "each." : "held.") + m,
                new Workload(m, 1000 / m, release),
                (isEach ? each : bulk)[i]));
      }
    }
    return rows;
  }

  /** The rows of the original with five datastores, one of them repeatedly. */
  static List<Row> ofFive(int times) {
    return List.of(
        new Row(
            "B6: M=1 N=" + times,
            "lookup.five.each",
            new Workload(1, times, Workload.Release.EACH),
            1.31),
        new Row(
            "B7: M=1 N=" + times + ", held and released together",
            "lookup.five.held",
            new Workload(1, times, Workload.Release.IN_BULK),
            1.17));
  }

  /**
   * @param args {@code --short} for fewer and shorter runs
   */
  public static void main(String[] args) throws Exception {
    boolean isShort = List.of(args).contains("--short");
    Path memory = Path.of("/dev/shm");
    Path disk = Path.of(System.getProperty("java.io.tmpdir"));
    LookupTable all = new LookupTable(List.of(ArmKind.values()), 3);
    LookupTable ends = new LookupTable(List.of(ArmKind.BEFORE, ArmKind.CONFIG, ArmKind.OURS), 1);
    List<Row> thousand = ofThousand();
    List<Row> both = List.of(thousand.get(0), thousand.get(3));
    try (LookupSite site = LookupSite.create(memory, 1000)) {
      (isShort ? ends : all).print("1,000 datastores, files on tmpfs", site, thousand);
    }
    try (LookupSite site = LookupSite.create(memory, 5)) {
      List<Row> five = ofFive(5_000);
      (isShort ? ends : all).print("5 datastores, files on tmpfs", site, five);
    }
    if (isShort) {
      return;
    }
    try (LookupSite site = LookupSite.create(disk, 1000)) {
      ends.print("1,000 datastores, files on disk", site, renamed(both, "disk."));
    }
    Optional<BlockMount> mount = BlockMount.under(disk);
    if (mount.isPresent()) {
      try (LookupSite site = LookupSite.createRemovable(disk, 1000, mount.get())) {
        ends.print(
            "1,000 removable datastores, each lookup looks for the device, files on disk",
            site,
            renamed(both, "removable."));
      }
    } else {
      System.out.println("\nNo block device is mounted here: removable datastores not measured.");
    }
    SeveralAtOnce.print(memory);
  }

  private static List<Row> renamed(List<Row> rows, String prefix) {
    return rows.stream()
        .map(row -> new Row(row.name(), prefix + row.fact(), row.workload(), 0))
        .toList();
  }
}
