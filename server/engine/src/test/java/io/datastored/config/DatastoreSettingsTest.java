package io.datastored.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSortedMap;
import io.datastored.config.document.RandomConfig;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DatastoreSettingsTest {

  private static final Optional<String> DEVICE =
      Optional.of("0f4c2a6e-1b7d-4c55-9d7e-6a2b3c4d5e6f");

  @ParameterizedTest
  @ValueSource(strings = {"/a", "/mnt/data store/ü", "/a//b/", "/a/./b", "/a/../b", "/...", "/.a"})
  void faults_absolutePath_isFineWithoutDevice(String path) {
    assertThat(DatastoreSettings.of(path).faults()).isEmpty();
    assertThat(DatastoreSettings.of(path).toBuilder().backingDevice(DEVICE).build().faults())
        .extracting(PropertyFault::property)
        .containsExactly("path");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "stores/a", "a/../b", "a/./b/", "..a/b"})
  void faults_relativePath_isFineOnADevice(String path) {
    assertThat(DatastoreSettings.of(path).toBuilder().backingDevice(DEVICE).build().faults())
        .isEmpty();
    assertThat(DatastoreSettings.of(path).faults())
        .extracting(PropertyFault::property)
        .containsExactly("path");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "//", "/.", "/a/..", "/..", "/../..", " /a", "/a ", "/a\nb"})
  void faults_pathThatIsNone_isAFault(String path) {
    assertThat(DatastoreSettings.of(path).faults()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "../a", "a/../../b", "a/../..", "./.."})
  void faults_pathThatLeavesTheDevice_isAFault(String path) {
    assertThat(DatastoreSettings.of(path).toBuilder().backingDevice(DEVICE).build().faults())
        .hasSize(1);
  }

  @Test
  void faults_longPath_countsBytes() {
    assertThat(DatastoreSettings.of("/" + "a".repeat(4095)).faults()).isEmpty();
    assertThat(DatastoreSettings.of("/" + "a".repeat(4096)).faults()).hasSize(1);
    assertThat(DatastoreSettings.of("/" + "ü".repeat(2047)).faults()).isEmpty();
    assertThat(DatastoreSettings.of("/" + "ü".repeat(2048)).faults()).hasSize(1);
  }

  @Test
  void faults_manyFaults_areAllReported() {
    DatastoreSettings settings =
        DatastoreSettings.builder()
            .path("relative")
            .comment(Optional.of("x".repeat(129)))
            .gcSchedule(Optional.of("?"))
            .notifyUser(Optional.of("nobody"))
            .tuning(
                Optional.of(
                    new Tuning(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        OptionalInt.of(0),
                        OptionalInt.of(-1),
                        OptionalInt.empty(),
                        OptionalInt.empty())))
            .backend(
                Optional.of(
                    new Backend(
                        Backend.BackendKind.S3,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())))
            .legacyPrune(Optional.of(LegacyPrune.EMPTY.with(LegacyPrune.KeepRule.LAST, 0)))
            .otherProperties(
                ImmutableSortedMap.of("path", "x", "a b", "x", "fine", " x", "datastore:", "x"))
            .build();

    assertThat(settings.faults())
        .extracting(PropertyFault::property)
        .containsExactlyInAnyOrder(
            "path",
            "comment",
            "gc-schedule",
            "notify-user",
            "tuning.gc-atime-cutoff",
            "tuning.gc-cache-capacity",
            "backend.client",
            "backend.bucket",
            "keep-last",
            "path",
            "a b",
            "fine",
            "datastore:");
  }

  @Test
  void toBuilder_givesTheSameSettings() {
    RandomConfig make = new RandomConfig(new java.util.SplittableRandom(1));
    for (int i = 0; i < 100; i++) {
      DatastoreSettings settings = make.settings(make.name());
      assertThat(settings.toBuilder().build()).isEqualTo(settings);
    }
  }
}
