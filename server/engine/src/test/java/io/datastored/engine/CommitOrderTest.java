package io.datastored.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.config.DatastoreName;
import io.datastored.file.StoreException;
import io.datastored.history.Generation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Invariants 4, 5 and 6: in which order a change becomes true, and who finds it half-way. */
final class CommitOrderTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final String CONFIG = "datastore: main\n\tcomment first\n\tpath /srv/main\n";

  private final SteppedDoorbell doorbell = new SteppedDoorbell();
  private final EngineFixture fixture = EngineFixture.with(CONFIG, doorbell);
  private final Engine engine = fixture.engine();

  @AfterEach
  void close() {
    fixture.close();
  }

  private long generation() {
    return engine.snapshot().revision().generation().value();
  }

  @Test
  void commit_ringsBeforeItSwaps() {
    long before = generation();
    List<Long> served = new ArrayList<>();
    doorbell.afterRing.add(() -> served.add(generation()));
    assertThat(EngineFiles.comment(engine, "main", "second"))
        .isInstanceOf(WriteOutcome.Written.class);
    assertThat(served).containsExactly(before);
  }

  @Test
  void commit_swapsBeforeItTells() {
    List<Long> served = new ArrayList<>();
    Subscription unused = engine.addListener(change -> served.add(generation()));
    assertThat(EngineFiles.comment(engine, "main", "second"))
        .isInstanceOf(WriteOutcome.Written.class);
    assertThat(served).containsExactly(generation());
  }

  @Test
  void stateAheadOfTheDoorbell_whoFindsItRings() {
    doorbell.deaf = true;
    fixture.commitElsewhere(MAIN, "by a saver that dies before it rings");
    doorbell.deaf = false;
    assertThat(doorbell.rung()).isEqualTo(generation());
    assertThat(fixture.look()).isEmpty();
    assertThat(EngineFiles.comment(engine, "main")).startsWith("by a saver");
    assertThat(doorbell.rung()).isEqualTo(generation());
  }

  @Test
  void manualEdit_committedByTheOtherWhileThisOneWaits_isOneGeneration() {
    long before = generation();
    long commits = engine.counters().commits();
    fixture.beforeLock(fixture::lookElsewhere);
    assertThat(fixture.edit(CONFIG.replace("first", "edited"))).isEmpty();
    assertThat(engine.counters().commits()).as("the other committed it").isEqualTo(commits);
    assertThat(generation()).isEqualTo(before + 1);
    assertThat(EngineFiles.comment(engine, "main")).isEqualTo("edited");
  }

  @Test
  void manualEdit_beforeASave_isCommittedFirstAndKept() {
    long before = generation();
    fixture.store().edit((CONFIG + "\ndatastore: other\n\tpath /srv/other\n").getBytes(UTF_8));
    assertThat(EngineFiles.comment(engine, "main", "second"))
        .isInstanceOf(WriteOutcome.Written.class);
    assertThat(generation()).isEqualTo(before + 2);
    assertThat(engine.snapshot().byName()).hasSize(2);
  }

  @Test
  void look_stateOlderThanTheDoorbell_isNoStateToGoOnFrom() {
    doorbell.raise(new Generation(generation() + 7));
    assertThatThrownBy(() -> fixture.check())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("lost or replaced");
  }

  private static void onAnotherThread(Runnable step) {
    try {
      CompletableFuture.runAsync(step).get(1, TimeUnit.MINUTES);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /** A lookup that finds the doorbell raised waits for the gate. */
  @Test
  void outcomeUnknown_othersGoOnMeanwhile_andMayAdoptTheCommit() {
    List<String> found = new ArrayList<>();
    List<Long> told = new ArrayList<>();
    Subscription unused = engine.addListener(change -> told.add(generation()));
    fixture
        .disk()
        .whileAsking(
            () ->
                onAnotherThread(
                    () -> {
                      assertThat(fixture.look()).isEmpty();
                      found.add(EngineFiles.comment(engine, "main"));
                    }));
    assertThat(EngineFiles.comment(engine, "main", "second"))
        .isInstanceOf(WriteOutcome.Written.class);
    assertThat(found).containsExactly("second");
    assertThat(told).as("published once").containsExactly(generation());
  }

  @Test
  void outcomeUnknown_whenTheEngineIsClosed_staysUnknown() {
    fixture.disk().whileAsking(() -> onAnotherThread(fixture.parts().committer()::close));
    long before = generation();
    WriteOutcome outcome = EngineFiles.comment(engine, "main", "second");
    assertThat(outcome).isNotInstanceOf(WriteOutcome.Written.class);
    assertThat(outcome.toString()).contains("stopped before it was known");
    assertThat(generation()).isEqualTo(before);
  }
}
