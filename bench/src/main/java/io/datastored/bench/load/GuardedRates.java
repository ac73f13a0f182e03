package io.datastored.bench.load;

import io.datastored.bench.DeleteTree;
import io.datastored.bench.Facts;
import io.datastored.bench.Spread;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Measures what rules and an audit log cost a lookup. Confined to its thread. */
final class GuardedRates {

  private static final int DATASTORES = 1000;
  private static final int ROUNDS = 40;
  private static final Duration ROUND = Duration.ofMillis(150);

  private GuardedRates() {}

  /**
   * @param args {@code --short} for a few seconds
   */
  public static void main(String[] args) throws Exception {
    int runs = List.of(args).contains("--short") ? 1 : 5;
    var measured = new PairedRates(ROUNDS, ROUND);
    for (int run = 0; run < runs; run++) {
      Path access = Files.createTempDirectory("datastored-access");
      try {
        measured.run(
            run % 2 == 0,
            () -> DatastoredServer.startGuarded(DATASTORES, access),
            () -> DatastoredServer.start(DATASTORES, List.of()),
            server -> () -> {});
      } finally {
        DeleteTree.of(access);
      }
    }
    Spread rates = Spread.of(measured.rates());
    Spread costs = Spread.of(measured.costs());
    System.out.println("| LOOKUP with rules and audit log to LOOKUP without | ratio |");
    System.out.println("| --- | ---: |");
    System.out.printf("| calls per second, in the same round | %s× |%n", rates.cell());
    System.out.printf(
        "| calls per second of the server's processor time, each run | %s× |%n", costs.cell());
    Facts.tell("grpc.lookup.access", rates);
    Facts.tell("grpc.lookup.access.cpu", costs);
    System.exit(0);
  }
}
