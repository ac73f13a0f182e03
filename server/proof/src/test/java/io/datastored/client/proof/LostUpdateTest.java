package io.datastored.client.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.client.ClientThreads;
import io.datastored.engine.Engine;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.proof.site.Site;
import io.datastored.soak.ChildProcess;
import io.datastored.soak.Soak;
import io.datastored.v1.Revision;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No update is lost, whatever happens to connections and server while it is made. */
@Tag("soak")
final class LostUpdateTest {

  private static final int SEEDS = 100;
  private static final int FOLLOWERS = 3;
  private static final List<String> NAMES = Site.names(100);
  private static final Duration RAGE = Duration.ofMillis(2500);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A listener may still be looking at what it was told of first. */
  private static final Duration QUIET = Follower.OUTAGE.plusSeconds(20);

  @TempDir Path directory;

  @Test
  void changes_underCutsDelaysAndKills_reachEveryClientAndListener() throws Exception {
    Soak soak =
        Soak.of(
            "100 datastores changed while connections are cut and the server is killed: every"
                + " client has and was told the last of each");
    SplittableRandom seeds = soak.random();
    int count = soak.times(SEEDS);
    List<String> violations = new ArrayList<>();
    try (ClientThreads threads = ClientThreads.create("proof", 2)) {
      for (int i = 0; i < count; i++) {
        List<String> found = play(directory.resolve("seed" + i), threads, seeds.split());
        found.forEach(violation -> System.err.println("updates: " + violation));
        violations.addAll(found);
      }
    }
    soak.end(count, violations);
  }

  private static List<String> play(Path at, ClientThreads threads, SplittableRandom random)
      throws Exception {
    Site site = Site.make(at, NAMES);
    List<Follower> followers = new ArrayList<>();
    ChildProcess server = site.serve(Site.QUICK);
    try (Havoc havoc = new Havoc(site, followers, random.split(), server);
        Operator operator = Operator.of(site);
        Engine engine = Engine.open(site.engine())) {
      try {
        for (int i = 0; i < FOLLOWERS; i++) {
          followers.add(Follower.start("follower" + i, site, threads));
        }
        Writer writer = new Writer(engine, NAMES, random.split());
        Turn raging = new Turn("rages", () -> havoc.rage(RAGE));
        Turn writing = new Turn("writes", () -> writer.write(raging::isOver, havoc::isUpset));
        raging.start();
        writing.start();
        raging.join(PATIENCE);
        writing.join(PATIENCE);
        System.err.println(
            "updates: %d changes, %d of them in gaps: %s"
                .formatted(writer.changes(), writer.changesInGaps(), havoc.done()));
        assertThat(writer.changesInGaps()).as("changes in gaps").isPositive();
        return judge(operator, engine, followers);
      } finally {
        for (Follower follower : followers) {
          follower.close();
        }
      }
    }
  }

  private static List<String> judge(Operator operator, Engine engine, List<Follower> followers)
      throws InterruptedException {
    Map<String, String> comments = new TreeMap<>();
    for (Datastore each : engine.snapshot().byName()) {
      comments.put(each.name().value(), each.settings().comment().orElse(""));
    }
    Map<String, Version> truth = new TreeMap<>();
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              operator.datastores().forEach(each -> truth.put(each.getName(), Version.of(each)));
              assertThat(truth).hasSameSizeAs(comments);
              truth.forEach(
                  (name, version) -> assertThat(version.comment()).isEqualTo(comments.get(name)));
            });
    Revision last =
        Revision.newBuilder()
            .setIncarnation(engine.snapshot().revision().incarnation().value())
            .setGeneration(engine.snapshot().revision().generation().value())
            .build();
    List<String> found = new ArrayList<>();
    for (Follower follower : followers) {
      if (!follower.await(last, PATIENCE)) {
        found.add("P4: " + follower + " does not come to " + last);
      }
      found.addAll(quiet(follower, truth));
    }
    return found;
  }

  /** What is wrong with a client when its listener has had time to hear everything. */
  private static List<String> quiet(Follower follower, Map<String, Version> truth)
      throws InterruptedException {
    long end = System.nanoTime() + QUIET.toNanos();
    List<String> found = UpdateValidator.violations(follower.following(NAMES), truth);
    while (!found.isEmpty() && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(50);
      found = UpdateValidator.violations(follower.following(NAMES), truth);
    }
    return found;
  }
}
