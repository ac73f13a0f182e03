package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.engine.CommitTimes.Part;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a commit says that it has spent its time on. */
final class CommitTimesTest {
  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final String CONFIG = "datastore: main\n\tcomment first\n\tpath /srv/main\n";
  private static final Duration LONG = Duration.ofMillis(20);

  private final List<CommitTimes> seen = new ArrayList<>();

  @Test
  void eachCommit_isReportedOnce_withItsCauseAndRevision() {
    try (EngineFixture fixture = EngineFixture.with(CONFIG)) {
      fixture.engine().onCommit(seen::add);
      fixture.setMode(MAIN, MaintenanceMode.OFFLINE);
      assertThat(fixture.setMode(MAIN, MaintenanceMode.OFFLINE).changed()).isFalse();
      fixture.commitElsewhere(MAIN, "of another process");
      assertThat(fixture.look()).isEmpty();
      assertThat(fixture.edit(CONFIG.replace("first", "edited"))).isEmpty();

      assertThat(seen)
          .extracting(CommitTimes::cause)
          .containsExactly(ReloadCause.WRITE, ReloadCause.EDIT);
      assertThat(seen.get(1).revision()).isEqualTo(fixture.engine().snapshot().revision());
    }
  }

  @Test
  void timeBeforeTheStoreIsHeld_isWaiting_andInTheSums() {
    try (EngineFixture fixture = EngineFixture.with(CONFIG)) {
      fixture.engine().onCommit(seen::add);
      Duration before = sum(fixture.engine(), Part.WAIT);
      fixture.beforeLock(CommitTimesTest::spendLong);
      fixture.setMode(MAIN, MaintenanceMode.OFFLINE);

      assertThat(seen).hasSize(1);
      assertThat(part(Part.WAIT)).isGreaterThanOrEqualTo(LONG);
      assertThat(seen.get(0).total()).isGreaterThanOrEqualTo(LONG);
      assertThat(sum(fixture.engine(), Part.WAIT).minus(before)).isEqualTo(part(Part.WAIT));
    }
  }

  @Test
  void timeAfterTheCommit_isPublishing() {
    var doorbell = new SteppedDoorbell();
    try (EngineFixture fixture = EngineFixture.with(CONFIG, doorbell)) {
      fixture.engine().onCommit(seen::add);
      doorbell.afterRing.add(CommitTimesTest::spendLong);
      fixture.setMode(MAIN, MaintenanceMode.OFFLINE);

      assertThat(part(Part.PUBLISH)).isGreaterThanOrEqualTo(LONG);
      assertThat(part(Part.WAIT)).isLessThan(LONG);
    }
  }

  @Test
  void syncsOfRealFiles_areApartFromWrites(@TempDir Path directory) throws Exception {
    try (Engine engine = Engine.open(new EngineFiles(directory).write(CONFIG).options())) {
      engine.onCommit(seen::add);
      assertThat(EngineFiles.comment(engine, "main", "second"))
          .isInstanceOf(WriteOutcome.Written.class);

      assertThat(part(Part.SYNC)).isPositive();
      assertThat(part(Part.WRITE)).isPositive();
    }
  }

  private Duration part(Part part) {
    return seen.get(0).parts().getOrDefault(part, Duration.ZERO);
  }

  private static Duration sum(Engine engine, Part part) {
    return engine.counters().commitTimes().getOrDefault(part, Duration.ZERO);
  }

  private static void spendLong() {
    long end = System.nanoTime() + LONG.toNanos();
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }
}
