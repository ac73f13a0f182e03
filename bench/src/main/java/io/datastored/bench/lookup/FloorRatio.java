package io.datastored.bench.lookup;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.datastored.bench.Facts;
import io.datastored.bench.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares the rebuilt original, on the arm that does not parse, with a C program that makes only
 * its system calls, in turns. Confined to its thread.
 */
final class FloorRatio {

  private static final int OPERATIONS = 5_000;
  private static final int ROUNDS = 7;

  private FloorRatio() {}

  /**
   * @param args the program; {@code --short} changes nothing
   */
  public static void main(String[] args) throws Exception {
    String program = args[args.length - 1];
    Path memory = Path.of("/dev/shm");
    Workload workload = new Workload(1, OPERATIONS, Workload.Release.EACH);
    List<Double> floor = new ArrayList<>();
    List<Double> rebuilt = new ArrayList<>();
    Path directory = Files.createTempDirectory(memory, "datastored-floor");
    try (LookupSite site = LookupSite.create(memory, 5);
        LookupArm arm = ArmKind.CONFIG.open(site)) {
      for (int round = -2; round < ROUNDS; round++) {
        double kernel = floor(program, directory);
        double ours = (double) workload.run(arm, site.names()) / OPERATIONS;
        if (round >= 0) {
          floor.add(kernel);
          rebuilt.add(ours);
        }
      }
    } finally {
      for (String file : new String[] {".config.lck", "store", "store.lock"}) {
        boolean unused = Files.deleteIfExists(directory.resolve(file));
      }
      Files.delete(directory);
    }
    Spread ratio = Spread.of(Spread.of(rebuilt).median() / Spread.of(floor).median());
    System.out.println("| lookup and release without parsing, files on tmpfs | µs |");
    System.out.println("| --- | ---: |");
    System.out.printf(
        "| the system calls alone, made by a program in C | %s |%n",
        Spread.of(floor).times(1e-3).cell());
    System.out.printf("| arm C | %s |%n", Spread.of(rebuilt).times(1e-3).cell());
    System.out.printf("| ratio | %s |%n", ratio.cell());
    Facts.tell("floor.ratio", ratio);
  }

  private static double floor(String program, Path directory) throws IOException {
    Process process =
        new ProcessBuilder(program, directory.toString(), Integer.toString(OPERATIONS))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return Double.parseDouble(new String(process.getInputStream().readAllBytes(), UTF_8).strip());
  }
}
