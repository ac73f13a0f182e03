package io.datastored.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.config.DatastoreName;
import io.datastored.file.Digest;
import io.datastored.file.SpareDescriptors;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.AcceptedText;
import io.datastored.history.ConfigContent;
import io.datastored.history.ConfigStore;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.LocalDoorbell;
import io.datastored.history.MemoryConfigStore;
import io.datastored.history.MemoryStateStore;
import io.datastored.history.PreparedSave;
import io.datastored.history.SaveOutcome;
import io.datastored.history.StateStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
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

  /** Tells a list what is done to state and configuration. */
  private record Recording(List<String> steps, MemoryConfigStore config, MemoryStateStore state) {

    StateStore states() {
      return new StateStore() {
        @Override
        public Optional<AcceptedState> load() {
          return state.load();
        }

        @Override
        public Prepared prepare(AcceptedState next) throws StoreException {
          steps.add("prepare state");
          if (steps.contains("disk full")) {
            throw new StoreException(StoreException.Reason.DISK_FULL, "no space is left");
          }
          Prepared prepared = state.prepare(next);
          return new Prepared() {
            @Override
            public void commit() throws StoreException {
              steps.add("commit state");
              prepared.commit();
            }

            @Override
            public void close() {
              steps.add("close state");
            }
          };
        }

        @Override
        public Held lock(Duration wait) {
          return state.lock(wait);
        }

        @Override
        public void close() {}
      };
    }

    ConfigStore store() {
      return new ConfigStore() {
        @Override
        public ConfigContent load() throws StoreException {
          return config.load();
        }

        @Override
        public PreparedSave prepare(Digest expected, ConfigContent next) throws StoreException {
          steps.add("prepare config");
          if (steps.contains("config disk full")) {
            throw new StoreException(StoreException.Reason.DISK_FULL, "no space is left");
          }
          PreparedSave prepared = config.prepare(expected, next);
          return new PreparedSave() {
            @Override
            public SaveOutcome commit() throws StoreException {
              steps.add("commit config");
              return prepared.commit();
            }

            @Override
            public void abort() {
              prepared.abort();
            }

            @Override
            public Optional<String> settle() {
              steps.add("settle config");
              return prepared.settle();
            }

            @Override
            public void close() {
              steps.add("close config");
              prepared.close();
            }
          };
        }

        @Override
        public Watch watch(Runnable onMaybeChanged) {
          return config.watch(onMaybeChanged);
        }

        @Override
        public Optional<String> readOnlyReason() {
          return Optional.empty();
        }

        @Override
        public String describe() {
          return "memory";
        }

        @Override
        public void close() {}
      };
    }
  }

  @Test
  void look_stateOlderThanTheDoorbell_isNoStateToGoOnFrom() {
    Recording recording = recording();
    doorbell.raise(new Generation(7));
    CommitLog commitLog =
        new CommitLog(
            recording.store(),
            recording.states(),
            doorbell,
            EngineTiming.defaults().lockWait(),
            SpareDescriptors.none());
    assertThatThrownBy(
            () -> commitLog.look(recording.state().load().orElseThrow(), CommitLog.Look.INSIDE))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("lost or replaced");
  }

  private static Recording recording() {
    AcceptedState empty =
        AcceptedState.empty(new Incarnation("0123456789abcdef"), Optional.empty());
    return new Recording(
        new CopyOnWriteArrayList<>(), new MemoryConfigStore(), new MemoryStateStore(empty));
  }

  private static void save(Recording recording) throws Exception {
    save(recording, Engine.Intent.COMMIT);
  }

  private static void save(Recording recording, Engine.Intent intent) throws Exception {
    CommitLog commitLog =
        new CommitLog(
            recording.store(),
            recording.states(),
            new LocalDoorbell(),
            EngineTiming.defaults().lockWait(),
            SpareDescriptors.none());
    ConfigContent config = ConfigContent.of(CONFIG.getBytes(UTF_8));
    commitLog.save(
        Digest.EMPTY,
        config,
        recording.state().load().orElseThrow().of(AcceptedText.of(config.digest())),
        intent,
        () -> recording.steps().add("publish"));
  }

  /** What follows when both are prepared. */
  private static final String[] COMMIT = {
    "commit config", "commit state", "publish", "settle config", "close config", "close state"
  };

  @Test
  void save_preparesBothBeforeItCommitsEither_configurationFirst_settlesWhenWatchersKnow()
      throws Exception {
    Recording recording = recording();
    save(recording);
    assertThat(recording.steps())
        .startsWith("prepare state", "prepare config")
        .endsWith(COMMIT)
        .hasSize(2 + COMMIT.length);
  }

  @Test
  void save_diskFullForTheState_leavesTheConfigurationAlone() {
    Recording recording = recording();
    recording.steps().add("disk full");
    assertThatThrownBy(() -> save(recording)).isInstanceOf(StoreException.class);
    assertThat(recording.steps()).doesNotContain("commit config");
  }

  @Test
  void save_diskFullForTheConfiguration_commitsNeitherAndClosesTheState() {
    Recording recording = recording();
    recording.steps().add("config disk full");
    assertThatThrownBy(() -> save(recording))
        .isInstanceOf(StoreException.class)
        .hasMessage("no space is left");
    assertThat(recording.steps())
        .doesNotContain("commit config", "commit state", "publish")
        .contains("close state");
  }

  @Test
  void save_cancelledWhilePrepared_commitsNeither() {
    Recording recording = recording();
    Engine.Intent intent =
        Engine.Intent.COMMIT.unless(
            () -> recording.steps().containsAll(List.of("prepare config", "prepare state")));
    assertThatThrownBy(() -> save(recording, intent)).isInstanceOf(WithdrawnException.class);
    assertThat(recording.steps())
        .doesNotContain("commit config", "commit state", "publish")
        .contains("close config", "close state");
  }

  @Test
  void save_cancelledWhenTheConfigurationIsCommitted_commitsBoth() throws Exception {
    Recording recording = recording();
    save(recording, Engine.Intent.COMMIT.unless(() -> recording.steps().contains("commit config")));
    assertThat(recording.steps()).endsWith(COMMIT);
  }
}
