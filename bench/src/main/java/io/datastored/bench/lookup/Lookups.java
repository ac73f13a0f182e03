package io.datastored.bench.lookup;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks up some datastores repeatedly: to be timed as a whole process, or as one of several
 * processes that use a site. Confined to its thread.
 */
final class Lookups {

  private int datastores = 1000;
  private int iterations = 1000;
  private int configured = 1000;
  private Workload.Release release = Workload.Release.EACH;
  private ArmKind kind = ArmKind.OURS;
  private Path parent = Path.of(System.getProperty("java.io.tmpdir"));
  private Optional<Path> site = Optional.empty();
  private boolean removable;

  private Lookups() {}

  /**
   * @param args see {@code bench/bin/lookups}
   */
  public static void main(String[] args) throws IOException {
    Lookups lookups = new Lookups();
    try {
      lookups.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println("lookups: " + e.getMessage());
      System.exit(64);
    }
    lookups.run();
  }

  private void parse(String[] args) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--hold" -> release = Workload.Release.IN_BULK;
        case "--removable" -> removable = true;
        case "--arm" -> {
          String word = value(args, ++i);
          kind =
              ArmKind.fromWord(word)
                  .orElseThrow(() -> new IllegalArgumentException("there is no arm " + word));
        }
        case "--configured" -> configured = Integer.parseInt(value(args, ++i));
        case "--in" -> parent = Path.of(value(args, ++i));
        case "--site" -> site = Optional.of(Path.of(value(args, ++i)));
        default -> numbers.add(Integer.parseInt(args[i]));
      }
    }
    if (!numbers.isEmpty()) {
      datastores = numbers.get(0);
    }
    if (numbers.size() > 1) {
      iterations = numbers.get(1);
    }
    configured = Math.max(configured, datastores);
  }

  private static String value(String[] args, int at) {
    if (at == args.length) {
      throw new IllegalArgumentException(args[at - 1] + " needs a value");
    }
    return args[at];
  }

  private void run() throws IOException {
    Workload workload = new Workload(datastores, iterations, release);
    if (site.isPresent()) {
      LookupSite shared = LookupSite.at(site.get(), configured);
      try (LookupArm arm = kind.open(shared)) {
        beOneOfSeveral(workload, arm, shared);
      }
      return;
    }
    try (LookupSite own = make();
        LookupArm arm = kind.open(own)) {
      tell(workload, workload.run(arm, own.names()));
    }
  }

  private LookupSite make() throws IOException {
    if (!removable) {
      return LookupSite.create(parent, configured);
    }
    BlockMount mount =
        BlockMount.under(Files.createDirectories(parent))
            .orElseThrow(() -> new IOException(parent + " does not lie on a block device"));
    return LookupSite.createRemovable(parent, configured, mount);
  }

  /**
   * Warms up, reports that it is ready, and for each line of input runs once and prints its time.
   */
  private void beOneOfSeveral(Workload workload, LookupArm arm, LookupSite shared)
      throws IOException {
    long unused = workload.run(arm, shared.names());
    System.out.println("ready");
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (in.readLine() != null) {
      System.out.println(workload.run(arm, shared.names()));
    }
  }

  private void tell(Workload workload, long nanos) {
    System.out.printf(
        "%s: %d lookups in %.1f ms, %.0f ns each%n",
        kind.word(), workload.operations(), nanos / 1e6, (double) nanos / workload.operations());
  }
}
