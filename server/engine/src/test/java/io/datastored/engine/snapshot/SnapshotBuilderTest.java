package io.datastored.engine.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class SnapshotBuilderTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");

  @Test
  void pathOf_representable_isThePath() {
    assertThat(SnapshotBuilder.pathOf(MAIN, "/srv/main")).isEqualTo(Path.of("/srv/main"));
  }

  @Test
  void pathOf_noFormInTheLocale_cannotExist() {
    // Half of a surrogate pair has no form in any locale, as '\u00fc' has none in POSIX.
    assertThat(SnapshotBuilder.pathOf(MAIN, "/srv/\ud800").getParent().getParent())
        .isEqualTo(Path.of("/dev/null"));
  }
}
