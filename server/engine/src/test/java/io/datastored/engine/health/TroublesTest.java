package io.datastored.engine.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.testkit.LoggedLines;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Troubles of different causes neither overwrite nor clear each other. */
final class TroublesTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final DatastoreName TAPE = DatastoreName.of("tape");
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

  private Instant now = START;
  private final Troubles troubles = new Troubles(() -> now);
  private final LoggedLines lines = LoggedLines.of(Troubles.class);

  @AfterEach
  void detach() {
    lines.close();
  }

  @Test
  void raise_twoCauses_oneIsClearedAndTheOtherStays() {
    troubles.raise(TroubleCause.CONFIGURATION, "the file is missing");
    now = START.plusSeconds(5);
    troubles.raise(TroubleCause.MOUNTS, "a device does not answer");
    troubles.clear(TroubleCause.MOUNTS);
    assertThat(troubles.ofServer())
        .containsExactly(new Trouble(TroubleCause.CONFIGURATION, "the file is missing", START));
  }

  @Test
  void raise_again_keepsSinceAndLogsOnce() {
    troubles.raise(TroubleCause.STATE, "no space is left");
    now = START.plus(Duration.ofHours(1));
    troubles.raise(TroubleCause.STATE, "no space is left");
    assertThat(troubles.ofServer()).extracting(Trouble::since).containsExactly(START);
    assertThat(lines.messages()).containsExactly("no space is left");
    troubles.clear(TroubleCause.STATE);
    troubles.clear(TroubleCause.STATE);
    assertThat(lines.messages()).containsExactly("no space is left", "resolved: no space is left");
  }

  @Test
  void raise_otherMessage_keepsSinceAndIsLogged() {
    troubles.raise(TroubleCause.STATE, "no space is left");
    now = START.plusSeconds(1);
    troubles.raise(TroubleCause.STATE, "the file system is read-only");
    assertThat(troubles.ofServer())
        .containsExactly(new Trouble(TroubleCause.STATE, "the file system is read-only", START));
    assertThat(lines.messages()).hasSize(2);
  }

  @Test
  void ofServer_oneCauseAboutTwoObjects_isOneEntryWithBoth() {
    troubles.raise(TroubleCause.TASK, "sweep", "the sweep failed");
    troubles.raise(TroubleCause.CERTIFICATE, "the certificate has expired");
    now = START.plusSeconds(1);
    troubles.raise(TroubleCause.TASK, "upkeep", "the upkeep failed");
    assertThat(troubles.ofServer())
        .containsExactly(
            new Trouble(TroubleCause.TASK, "the sweep failed; the upkeep failed", START),
            new Trouble(TroubleCause.CERTIFICATE, "the certificate has expired", START));
    troubles.clear(TroubleCause.TASK, "sweep");
    assertThat(troubles.ofServer(TroubleCause.TASK).orElseThrow().message())
        .isEqualTo("the upkeep failed");
  }

  @Test
  void raise_ofADatastore_isNeitherTheServersNorAnothers() {
    troubles.raise(MAIN, TroubleCause.BASE_PATH, "/srv/main", "/srv/main does not answer");
    troubles.raise(TAPE, TroubleCause.BASE_PATH, "/srv/tape", "/srv/tape does not answer");
    troubles.clearEverywhere(TroubleCause.BASE_PATH, "/srv/tape");
    assertThat(troubles.ofServer()).isEmpty();
    assertThat(troubles.of(TAPE)).isEmpty();
    assertThat(troubles.of(MAIN))
        .extracting(Trouble::message)
        .isEqualTo(List.of("/srv/main does not answer"));
  }

  @Test
  void raise_withAFailure_logsItsTraceOnce() {
    var bug = new IllegalStateException("a bug");
    troubles.raise(TroubleCause.TASK, "sweep", "the sweep failed: " + bug, bug);
    troubles.raise(TroubleCause.TASK, "sweep", "the sweep failed: " + bug, bug);
    assertThat(lines.traces()).containsExactly("a bug");
  }
}
