package io.datastored.client.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.proof.checker.AnswerAge;
import io.datastored.proof.checker.Checker;
import io.datastored.proof.history.History;
import io.datastored.proof.history.HistoryFile;
import io.datastored.proof.history.Kind;
import io.datastored.proof.site.Site;
import io.datastored.soak.Soak;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No answer from memory is older than the ttl of the session, and no handle is alive after its
 * lease could have been given away, whatever happens to connections, processes and clocks.
 */
@Tag("soak")
final class StalenessBoundTest {

  private static final int RUNS = 200;
  private static final Duration PATIENCE = Duration.ofMinutes(40);

  @TempDir Path directory;

  private final Map<Upset, Integer> played = new EnumMap<>(Upset.class);
  private final List<String> violations = new ArrayList<>();
  private Duration oldest = Duration.ZERO;

  @Test
  void nearCache_underCutsStopsAndClockJumps_keepsTheBound() throws Exception {
    Soak soak =
        Soak.of(
            "near cache under cuts, stops and clock jumps: no answer older than the ttl,"
                + " no handle alive after its lease");
    SplittableRandom random = soak.random();
    List<Upset> upsets =
        Stream.of(Upset.values())
            .filter(
                upset -> upset.crew != Upset.Crew.HOST_CLOCKS || HostClock.library().isPresent())
            .toList();
    int runs = soak.times(RUNS);
    // Begins anywhere, so that few runs are not always the same ones.
    int first = random.nextInt(upsets.size());
    List<Upset> all =
        IntStream.range(0, runs)
            .mapToObj(run -> upsets.get((first + run) % upsets.size()))
            .toList();
    // Two at a time, because that many cores are always there.
    List<Turn> turns =
        List.of(
            turn(soak, all, Upset.Crew.NETWORK, Upset.Crew.CLOCKS),
            turn(soak, all, Upset.Crew.PROCESSES, Upset.Crew.HOST_CLOCKS));
    turns.forEach(Turn::start);
    for (Turn turn : turns) {
      turn.join(PATIENCE);
    }
    violations.forEach(violation -> System.err.println("staleness: " + violation));
    System.err.println(
        "staleness: " + played + ", the oldest answer by " + oldest.toMillis() + " ms");
    if (runs >= upsets.size()) {
      assertThat(played).containsOnlyKeys(upsets);
    }
    soak.end(runs, violations);
  }

  private Turn turn(Soak soak, List<Upset> all, Upset.Crew... crews) {
    return new Turn(
        List.of(crews).toString(),
        () -> {
          for (Upset.Crew crew : crews) {
            List<Upset> upsets = all.stream().filter(upset -> upset.crew == crew).toList();
            if (!upsets.isEmpty()) {
              play(crew, upsets, soak.seed(), new SplittableRandom(soak.seed() + crew.ordinal()));
            }
          }
        });
  }

  private void play(Upset.Crew crew, List<Upset> upsets, long seed, SplittableRandom random)
      throws Exception {
    Site site = new Site(directory.resolve(crew.toString()));
    try (StalenessStage stage = StalenessStage.set(site.directory(), crew, random)) {
      for (Upset upset : upsets) {
        String done = stage.play(upset);
        System.err.println("staleness: " + done);
        synchronized (this) {
          played.merge(upset, 1, Integer::sum);
        }
      }
      stage.settle();
    }
    History history = History.of(HistoryFile.read(site.histories()));
    List<String> found = Checker.violations(StalenessStage.TTL, history);
    if (!found.isEmpty()) {
      site.keepHistories(crew + "-" + seed);
    }
    // Else it would prove nothing.
    assertThat(history.of(Kind.HIT)).as("answers from memory").hasSizeGreaterThan(upsets.size());
    assertThat(history.of(Kind.USE)).as("looks at handles").hasSizeGreaterThan(upsets.size());
    assertThat(history.of(Kind.DELIVERED)).as("frames").hasSizeGreaterThan(upsets.size());
    assertThat(history.of(Kind.DRAINED))
        .as("drains")
        .hasSize(upsets.size() * CacheWorker.DATASTORES.size());
    Duration age = new AnswerAge(StalenessStage.TTL).oldest(history);
    synchronized (this) {
      violations.addAll(found);
      if (age.compareTo(oldest) > 0) {
        oldest = age;
      }
    }
  }
}
