package io.datastored.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class MaintenanceModeTest {

  @ParameterizedTest
  @CsvSource({
    // mode, word, LOOKUP, READ, WRITE, evict when idle
    "NONE, none, ok, ok, ok, no",
    "READ_ONLY, read-only, ok, ok, refused, no",
    "OFFLINE, offline, ok, refused, refused, yes",
    "DELETE, delete, refused, refused, refused, yes",
    "UNMOUNT, unmount, ok, refused, refused, yes",
    "S3_REFRESH, s3-refresh, ok, refused, refused, no"
  })
  void matrix_isUpstreams(
      MaintenanceMode mode, String word, String lookup, String read, String write, String evict) {
    assertThat(mode.word()).isEqualTo(word);
    assertThat(MaintenanceMode.fromWord(word)).contains(mode);
    assertThat(mode.refusesLookup()).isEqualTo(lookup.equals("refused"));
    assertThat(mode.refusesRead()).isEqualTo(read.equals("refused"));
    assertThat(mode.refusesWrite()).isEqualTo(write.equals("refused"));
    assertThat(mode.evicts()).isEqualTo(evict.equals("yes"));
  }

  @ParameterizedTest
  @EnumSource
  void mayBecome_onlyDeleteHasNoWayBack(MaintenanceMode mode) {
    for (MaintenanceMode next : MaintenanceMode.values()) {
      boolean refused = mode == MaintenanceMode.DELETE && next != MaintenanceMode.DELETE;
      assertThat(mode.mayBecome(next)).as("%s to %s", mode, next).isEqualTo(!refused);
    }
  }

  @Test
  void fromWord_otherWords_areNothing() {
    assertThat(MaintenanceMode.fromWord("paused")).isEmpty();
    assertThat(MaintenanceMode.fromWord("OFFLINE")).isEmpty();
    assertThat(MaintenanceMode.fromWord("")).isEmpty();
  }
}
