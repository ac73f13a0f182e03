package io.datastored.service.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.engine.EngineFixture;
import io.datastored.engine.snapshot.Maintenance;
import io.datastored.promise.FakeReplicas;
import io.datastored.promise.Replicas;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class AppliedModesTest {

  private static final DatastoreName ALPHA = DatastoreName.of("alpha");

  private final EngineFixture fixture = EngineFixture.with("datastore: alpha\n\tpath /srv/alpha\n");
  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
  private final FakeReplicas replicas = FakeReplicas.of("north");
  private final CompletableFuture<Void> acknowledged = new CompletableFuture<>();
  private final AppliedModes modes = new AppliedModes(replicas, timer);

  AppliedModesTest() {
    timer.setRemoveOnCancelPolicy(true);
    replicas.applied.set(acknowledged);
  }

  @AfterEach
  void close() {
    timer.shutdownNow();
    fixture.close();
  }

  private Maintenance set(MaintenanceMode mode) {
    fixture.setMode(ALPHA, mode);
    return fixture.engine().snapshot().find(ALPHA).orElseThrow().maintenance();
  }

  @Test
  void everywhere_anotherServerHasNotAppliedIt_waits() {
    CompletableFuture<Void> applied = modes.everywhere(set(MaintenanceMode.OFFLINE));
    assertThat(applied).isNotDone();
    acknowledged.complete(null);
    assertThat(applied).isCompleted();
    assertThat(timer.getQueue()).as("leaves no timer behind").isEmpty();
  }

  @Test
  void everywhere_anotherServerDoesNot_endsAfterASecond() {
    CompletableFuture<Void> applied = modes.everywhere(set(MaintenanceMode.OFFLINE));
    assertThat(timer.getQueue())
        .singleElement()
        .satisfies(
            end ->
                assertThat(((Delayed) end).getDelay(TimeUnit.MILLISECONDS)).isBetween(0L, 1_000L));
    timer.getQueue().element().run();
    assertThat(applied).isCompleted();
  }

  @Test
  void everywhere_aModeThatRefusesNothing_needsNoWait() {
    Maintenance unused = set(MaintenanceMode.OFFLINE);
    assertThat(modes.everywhere(set(MaintenanceMode.NONE))).isCompleted();
  }

  @Test
  void everywhere_alone_needsNoWait() {
    var alone = new AppliedModes(Replicas.NONE, timer);
    assertThat(alone.everywhere(set(MaintenanceMode.OFFLINE))).isCompleted();
    assertThat(timer.getQueue()).isEmpty();
  }
}
