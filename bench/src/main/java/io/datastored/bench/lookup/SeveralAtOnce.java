package io.datastored.bench.lookup;

import io.datastored.bench.Facts;
import io.datastored.bench.Spread;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Measures several threads, and then several processes, that look up the same thousand datastores.
 * Stateless.
 */
final class SeveralAtOnce {

  private static final int DATASTORES = 1000;
  private static final int RUNS = 3;
  private static final int[] THREADS = {1, 4, 16};
  private static final List<ArmKind> KINDS = List.of(ArmKind.BEFORE, ArmKind.CONFIG, ArmKind.OURS);

  private SeveralAtOnce() {}

  static void print(Path parent) throws Exception {
    System.out.println(
        "\n### Several at once, 1,000 datastores, files on tmpfs: lookups per second\n");
    System.out.println("| who | A | C | D | A to D |");
    System.out.println("| --- | ---: | ---: | ---: | ---: |");
    for (int threads : THREADS) {
      List<Spread> rates = new ArrayList<>();
      for (ArmKind kind : KINDS) {
        try (LookupSite site = LookupSite.create(parent, DATASTORES);
            LookupArm arm = kind.open(site)) {
          rates.add(threads(arm, site, threads, perThread(kind) / threads));
        }
      }
      print(threads + (threads == 1 ? " thread" : " threads"), "threads." + threads, rates);
    }
    List<Spread> rates = new ArrayList<>();
    for (ArmKind kind : KINDS) {
      try (LookupSite site = LookupSite.create(parent, DATASTORES)) {
        rates.add(twoProcesses(kind, site));
      }
    }
    print("2 processes", "processes.2", rates);
  }

  private static void print(String who, String fact, List<Spread> rates) {
    Spread ratio = rates.get(2).over(rates.get(0));
    Facts.tell("lookup." + fact + ".ours", ratio);
    System.out.printf(
        "| %s | %s | %s | %s | %s× |%n",
        who, rates.get(0).cell(), rates.get(1).cell(), rates.get(2).cell(), ratio.cell());
  }

  private static int perThread(ArmKind kind) {
    return switch (kind) {
      case BEFORE -> 320;
      case TAG, CONFIG -> 8_000;
      case OURS -> 8_000_000;
    };
  }

  private static Spread threads(LookupArm arm, LookupSite site, int threads, int each)
      throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Double> rates = new ArrayList<>();
      // The first run warms up the compiler.
      for (int run = -1; run < RUNS; run++) {
        CyclicBarrier start = new CyclicBarrier(threads + 1);
        List<Future<?>> done = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
          var names = new ArrayList<>(site.names());
          Collections.rotate(names, t * names.size() / threads);
          Workload all = new Workload(DATASTORES, 1, Workload.Release.EACH);
          Workload rest = new Workload(each % DATASTORES, 1, Workload.Release.EACH);
          done.add(
              pool.submit(
                  () -> {
                    int unused = start.await();
                    for (int i = 0; i < each / DATASTORES; i++) {
                      long unusedNanos = all.run(arm, names);
                    }
                    return rest.run(arm, names);
                  }));
        }
        int unused = start.await();
        long begun = System.nanoTime();
        for (Future<?> one : done) {
          Object unusedResult = one.get();
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        if (run >= 0) {
          rates.add(threads * each / seconds);
        }
      }
      return Spread.of(rates);
    } finally {
      pool.shutdownNow();
    }
  }

  private static Spread twoProcesses(ArmKind kind, LookupSite site) throws IOException {
    int iterations = perThread(kind) / DATASTORES + 1;
    int datastores = Math.min(DATASTORES, perThread(kind) / 2);
    List<Process> children = new ArrayList<>();
    try {
      List<BufferedReader> outs = new ArrayList<>();
      List<Writer> ins = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        Process child =
            new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Ddatastored.log.level=WARN",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Lookups.class.getName(),
                    Integer.toString(datastores),
                    Integer.toString(iterations),
                    "--arm",
                    kind.word(),
                    "--site",
                    site.directory().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        children.add(child);
        outs.add(child.inputReader(StandardCharsets.UTF_8));
        ins.add(child.outputWriter(StandardCharsets.UTF_8));
      }
      List<Double> rates = new ArrayList<>();
      await(outs);
      for (int run = 0; run < RUNS; run++) {
        long begun = System.nanoTime();
        for (Writer in : ins) {
          in.write("go\n");
          in.flush();
        }
        await(outs);
        rates.add(2.0 * datastores * iterations / ((System.nanoTime() - begun) / 1e9));
      }
      for (Writer in : ins) {
        in.close();
      }
      return Spread.of(rates);
    } finally {
      children.forEach(Process::destroy);
    }
  }

  private static void await(List<BufferedReader> outs) throws IOException {
    for (BufferedReader out : outs) {
      if (out.readLine() == null) {
        throw new IOException("a process has ended");
      }
    }
  }
}
