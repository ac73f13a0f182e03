package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.engine.WriteOutcome.Rejected;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Two datastores never share a base path, and no write makes another datastore faulty. */
final class PathConflictTest {

  private static final DatastoreName LATE = DatastoreName.of("late");
  private static final DatastoreName NEW = DatastoreName.of("new");

  private final EngineFixture fixture =
      EngineFixture.with("datastore: early\n\tpath /a\n\ndatastore: late\n\tpath /b\n");

  private static void assertPathRefused(WriteOutcome outcome) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Rejected.class,
            rejected -> {
              assertThat(rejected.reason()).isEqualTo(Rejected.Reason.CONFIG_INVALID);
              assertThat(rejected.toString()).contains("path");
            });
  }

  @Test
  void create_pathOfAnotherOrNested_isRejected() {
    for (String path : new String[] {"/b", "/b/", "/b/inside"}) {
      assertPathRefused(fixture.engine().create(NEW, DatastoreSettings.of(path), Intent.COMMIT));
    }
    assertThat(fixture.engine().snapshot().find(LATE)).isPresent();
  }

  @Test
  void update_pathOfAnother_isRejected_andHarmsNobody() {
    assertPathRefused(
        fixture
            .engine()
            .update(
                DatastoreName.of("early"),
                Optional.empty(),
                settings -> settings.toBuilder().path("/b").build(),
                Intent.COMMIT));
    assertThat(fixture.engine().snapshot().fault(LATE)).isEmpty();
  }
}
