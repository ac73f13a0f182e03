package io.datastored.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.proof.site.Site;
import io.datastored.proof.site.Wire;
import io.datastored.soak.ChildProcess;
import io.datastored.soak.Soak;
import io.datastored.v1.DatastoreStatus;
import io.datastored.v1.LocalProcess;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.StatusRequest;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Invariant 9: processes see each other, and nobody who is dead. */
@Tag("soak")
final class SharedCountsTest {

  private static final int ROUNDS = 100;
  private static final int DATASTORES = 3;
  private static final int MOST = 5;

  /** How long after a kill the counts of the dead may still be seen. */
  private static final long GONE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final List<String> SERVING =
      List.of("--lease-ttl", "60s", "--max-lease-ttl", "60s");

  /** READ and WRITE of each datastore. */
  private record Held(int[] counts) {
    static Held nothing() {
      return new Held(new int[2 * DATASTORES]);
    }

    static Held some(SplittableRandom random) {
      return new Held(random.ints(2 * DATASTORES, 0, MOST).toArray());
    }
  }

  @TempDir Path directory;

  private final Map<String, ChildProcess> children = new TreeMap<>();
  private final Map<String, Held> held = new TreeMap<>();
  private Site site;
  private Wire wire;
  private long leases;

  @Test
  void statusOfAll_seesEachProcess_andNoneThatWasKilled() throws Exception {
    Soak soak =
        Soak.of(
            "two embedders and a server see each other's operations, a second after kill -9 none of the dead");
    SplittableRandom random = soak.random();
    site = Site.make(directory, Site.names(DATASTORES));
    int rounds = soak.times(ROUNDS);
    int violations = 0;
    try (Wire connected = site.connectPatiently()) {
      wire = connected;
      for (String name : List.of("server", "embedder-1", "embedder-2")) {
        start(name);
      }
      for (int round = 0; round < rounds; round++) {
        for (String name : children.keySet()) {
          hold(name, Held.some(random));
        }
        // Asked once: what was granted before is seen by whoever asks after.
        violations += wrong("all " + round);
        String victim = List.copyOf(children.keySet()).get(random.nextInt(children.size()));
        children.get(victim).kill();
        long gone = System.nanoTime();
        held.put(victim, Held.nothing());
        children.remove(victim);
        violations += wrongOneSecondAfter(gone, victim + " killed " + round);
        start(victim);
        violations += wrong(victim + " back " + round);
      }
    } finally {
      children.values().forEach(ChildProcess::close);
    }
    soak.end(rounds, violations);
  }

  private void start(String name) throws Exception {
    ChildProcess child;
    if (name.equals("server")) {
      child = site.serve(SERVING);
    } else {
      child =
          ChildProcess.start(
              name, directory, Embedder.class.getName(), ChildProcess.args(directory));
      children.put(name, child);
      assertThat(child.awaitLine("ready")).isEqualTo("ready");
    }
    children.put(name, child);
    held.put(name, Held.nothing());
  }

  private void hold(String name, Held wanted) throws Exception {
    for (int i = 0; i < wanted.counts().length; i++) {
      String datastore = Site.name(i / 2);
      String operation = i % 2 == 0 ? "READ" : "WRITE";
      if (!name.equals("server")) {
        assertThat(
                children
                    .get(name)
                    .ask("hold " + datastore + " " + operation + " " + wanted.counts()[i]))
            .isEqualTo("done");
      } else {
        // Leases only ever come; the server's death takes them.
        int more = wanted.counts()[i];
        for (int j = 0; j < more; j++) {
          lease(datastore, operation);
        }
      }
    }
    if (name.equals("server")) {
      int[] sum = held.get(name).counts().clone();
      Arrays.setAll(sum, i -> sum[i] + wanted.counts()[i]);
      held.put(name, new Held(sum));
    } else {
      held.put(name, wanted);
    }
  }

  private void lease(String datastore, String operation) {
    LookupResponse granted =
        wire.datastores()
            .lookup(
                LookupRequest.newBuilder()
                    .setDatastore(datastore)
                    .setOperation(Wire.operation(operation))
                    .setLeaseId("lease-" + leases++)
                    .setTtl(Wire.millis(60_000))
                    .build());
    assertThat(granted.hasLease()).isTrue();
  }

  /** Looks until all is right, for the last time one second after the death. */
  private int wrongOneSecondAfter(long gone, String when) throws Exception {
    while (System.nanoTime() - gone < GONE_NANOS) {
      if (wrong("") == 0) {
        return 0;
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return wrong(when);
  }

  /** How many of those alive see something else than what all alive hold. */
  private int wrong(String when) throws Exception {
    int wrong = 0;
    int[] total = new int[2 * DATASTORES];
    held.values().forEach(one -> Arrays.setAll(total, i -> total[i] + one.counts()[i]));
    for (Map.Entry<String, ChildProcess> child : children.entrySet()) {
      int[] seen = seen(child.getKey(), child.getValue());
      if (!Arrays.equals(seen, total)) {
        wrong++;
        if (!when.isEmpty()) {
          System.err.println(
              when
                  + ": "
                  + child.getKey()
                  + " sees "
                  + Arrays.toString(seen)
                  + " instead of "
                  + Arrays.toString(total));
        }
      }
    }
    return wrong;
  }

  private int[] seen(String name, ChildProcess child) throws Exception {
    int[] seen = new int[2 * DATASTORES];
    if (name.equals("server")) {
      for (DatastoreStatus status :
          wire.datastores().status(StatusRequest.getDefaultInstance()).getDatastoresList()) {
        int i = 2 * Integer.parseInt(status.getDatastore().getName().substring(5));
        seen[i] = (int) status.getOperations().getRead();
        seen[i + 1] = (int) status.getOperations().getWrite();
        if (!isTheSum(status)) {
          return new int[0];
        }
      }
    } else {
      for (int i = 0; i < DATASTORES; i++) {
        String[] words = child.ask("counts " + Site.name(i)).split(" ");
        seen[2 * i] = Integer.parseInt(words[0]);
        seen[2 * i + 1] = Integer.parseInt(words[1]);
      }
    }
    return seen;
  }

  /** Whether the processes are those that live, with what each of them holds. */
  private boolean isTheSum(DatastoreStatus status) {
    int i = 2 * Integer.parseInt(status.getDatastore().getName().substring(5));
    Map<Long, List<Long>> told = new TreeMap<>();
    for (LocalProcess process : status.getProcessesList()) {
      told.put(
          process.getPid(),
          List.of(process.getOperations().getRead(), process.getOperations().getWrite()));
    }
    Map<Long, List<Long>> expected = new TreeMap<>();
    children.forEach(
        (name, child) -> {
          long read = held.get(name).counts()[i];
          long write = held.get(name).counts()[i + 1];
          if (read + write > 0) {
            expected.put(child.pid(), List.of(read, write));
          }
        });
    return told.equals(expected);
  }
}
