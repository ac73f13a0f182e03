package io.datastored.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.v1.BackendKind;
import io.datastored.v1.ChunkOrder;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.NotificationMode;
import io.datastored.v1.SyncLevel;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SettingsEditTest {

  private static SettingsEdit set(String property, String text) {
    return new SettingsEdit(ImmutableMap.of(property, text), ImmutableMap.of(), ImmutableList.of());
  }

  private static SettingsEdit unset(String... properties) {
    return new SettingsEdit(ImmutableMap.of(), ImmutableMap.of(), ImmutableList.copyOf(properties));
  }

  @Test
  void settings_areReadAsTheFileSpellsThem() {
    DatastoreSettings settings =
        new SettingsEdit(
                ImmutableMap.of(
                    "path", "/srv/a",
                    "verify-new", "true",
                    "notification-mode", "legacy-sendmail",
                    "tuning", "chunk-order=none,sync-level=filesystem,gc-atime-cutoff=5",
                    "backend", "type=s3,client=cli,bucket=b,max-cache-size=500GiB"),
                ImmutableMap.of(),
                ImmutableList.of())
            .settings(Map.of());
    assertThat(settings.getPath()).isEqualTo("/srv/a");
    assertThat(settings.getVerifyNew()).isTrue();
    assertThat(settings.getNotificationMode())
        .isEqualTo(NotificationMode.NOTIFICATION_MODE_LEGACY_SENDMAIL);
    assertThat(settings.getTuning().getChunkOrder()).isEqualTo(ChunkOrder.CHUNK_ORDER_NONE);
    assertThat(settings.getTuning().getSyncLevel()).isEqualTo(SyncLevel.SYNC_LEVEL_FILE_SYSTEM);
    assertThat(settings.getTuning().getGcAtimeCutoffMinutes()).isEqualTo(5);
    assertThat(settings.getBackend().getKind()).isEqualTo(BackendKind.BACKEND_KIND_S3);
    assertThat(settings.getBackend().getMaxCacheSizeBytes()).isEqualTo(500L << 30);
  }

  @Test
  void mask_namesOnlyTheGivenPartsOfAPropertyString() {
    assertThat(set("tuning", "sync-level=file").mask().getPathsList())
        .containsExactly("tuning.sync_level");
    assertThat(set("tuning", "").mask().getPathsList()).containsExactly("tuning");
    assertThat(set("verify-new", "").mask().getPathsList()).containsExactly("verify_new");
    assertThat(unset("comment", "tuning.sync-level", "backend.type").mask().getPathsList())
        .containsExactly("comment", "tuning.sync_level", "backend.kind");
  }

  @Test
  void properties_thatTheContractDoesNotKnow_areAddedToThoseThatAreThere() {
    var edit =
        new SettingsEdit(
            ImmutableMap.of(), ImmutableMap.of("colour", "blue"), ImmutableList.of("shape"));
    assertThat(edit.touchesOthers()).isTrue();
    assertThat(edit.mask().getPathsList()).containsExactly("other_properties");
    assertThat(edit.settings(Map.of("shape", "round", "taste", "sour")).getOtherPropertiesMap())
        .containsOnly(Map.entry("colour", "blue"), Map.entry("taste", "sour"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          verify-new        | perhaps          | verify-new is true or false
          notification-mode | pigeon           | (expected one of: legacy-sendmail, notification-system
          tuning            | sync-level       | does not have the form key=value
          tuning            | speed=high       | tuning has no 'speed', only chunk-order
          tuning            | gc-atime-cutoff=x| gc-atime-cutoff is a whole number
          backend           | max-cache-size=x | max-cache-size is a size such as 500GiB
          """)
  void settings_thatCannotBeRead_areAUsageError(String property, String text, String sentence) {
    assertThatThrownBy(() -> set(property, text).settings(Map.of()))
        .isInstanceOfSatisfying(
            CommandFailed.class,
            failure -> {
              assertThat(failure.status()).isEqualTo(ExitStatus.USAGE);
              assertThat(failure.sentence()).contains("--" + property, sentence);
            });
  }
}
