package io.datastored.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.base.Ticker;
import io.datastored.engine.health.PeriodicTasks;
import io.datastored.engine.health.Troubles;
import io.datastored.file.StoreException;
import io.datastored.operation.LocalCounters;
import io.datastored.testkit.LoggedLines;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A monitor goes on, whatever it meets. */
final class ChangeMonitorTest {

  private static final String CONFIG = "datastore: main\n\tcomment first\n\tpath /srv/main\n";

  private final LoggedLines lines = LoggedLines.of(Troubles.class);
  private final EngineFixture fixture = EngineFixture.with(CONFIG);
  private final PeriodicTasks tasks =
      new PeriodicTasks(fixture.engine().troubles(), Ticker.systemTicker());
  private final ChangeMonitor monitor = monitor(Duration.ofDays(1));

  private ChangeMonitor monitor(Duration digestCheck) {
    var timing = new EngineTiming.Builder();
    timing.doorbellPoll = Duration.ofMillis(1);
    timing.digestCheck = digestCheck;
    timing.settle = Duration.ZERO;
    timing.settleLimit = Duration.ofMillis(10);
    return new ChangeMonitor(
        fixture.parts().committer(),
        fixture.doorbell(),
        new LocalCounters("test"),
        fixture.parts().bulkheads(),
        fixture.parts().health(),
        timing.build(),
        Ticker.systemTicker());
  }

  @BeforeEach
  void start() {
    monitor.follow(fixture.store());
    monitor.start(tasks);
  }

  @AfterEach
  void close() {
    monitor.close();
    tasks.close();
    fixture.close();
    lines.close();
  }

  private void edit(String comment) {
    fixture.store().edit(CONFIG.replace("first", comment).getBytes(UTF_8));
  }

  private void awaitComment(String comment) {
    await().until(() -> EngineFiles.comment(fixture.engine(), "main").equals(comment));
    await().until(() -> fixture.engine().troubles().ofServer().isEmpty());
  }

  @Test
  void look_failed_isTriedAgainBeforeTheNextPeriod() {
    fixture.store().fail(StoreException.Reason.OTHER);
    edit("second");
    await().until(() -> !fixture.engine().troubles().ofServer().isEmpty());
    // Nobody tells that it works again.
    fixture.store().heal();
    awaitComment("second");
  }

  @Test
  void look_meetsAnError_goesOn() {
    fixture.beforeLock(
        () -> {
          throw new AssertionError("a bug, or no memory");
        });
    edit("second");
    await().until(() -> !fixture.engine().troubles().ofServer().isEmpty() || commented("second"));
    edit("third");
    awaitComment("third");
    assertThat(lines.traces()).as("logged once, with its trace").hasSize(1);
    assertThat(fixture.engine().counters().reloads()).isPositive();
  }

  @Test
  void period_editPastTheTimes_isFound() {
    fixture.store().editUnseen(CONFIG.replace("first", "second").getBytes(UTF_8));
    try (ChangeMonitor often = monitor(Duration.ofMillis(1))) {
      often.start(tasks);
      awaitComment("second");
    }
  }

  private boolean commented(String comment) {
    return EngineFiles.comment(fixture.engine(), "main").equals(comment);
  }
}
