package io.datastored.config.document;

import com.google.common.collect.ImmutableList;
import io.datastored.config.ByteSize;
import io.datastored.config.CanonicalProperties;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.config.ParseError;
import io.datastored.config.PropertyString;
import io.datastored.config.Tuning;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A reading is what a section says, in the words of the oracle, so that two readers compare. */
final class Reading {

  private static final ImmutableList<String> THRESHOLDS =
      ImmutableList.of(
          "s3-get", "s3-put", "s3-post", "s3-head", "s3-delete", "s3-upload", "s3-download");

  private Reading() {}

  static Map<String, String> of(ConfigSection section) {
    Map<String, String> says = new TreeMap<>();
    DatastoreSettings settings = section.settings();
    CanonicalProperties.forEach(
        settings.toBuilder()
            .tuning(Optional.empty())
            .notifications(Optional.empty())
            .backend(Optional.empty())
            .notificationThresholds(Optional.empty())
            .build(),
        MaintenanceSetting.NONE,
        says::put);
    settings.tuning().ifPresent(tuning -> tuning(tuning, says));
    settings
        .notifications()
        .ifPresent(
            notify -> {
              put(says, "notify.gc", notify.gc());
              put(says, "notify.verify", notify.verify());
              put(says, "notify.sync", notify.sync());
              put(says, "notify.prune", notify.prune());
            });
    settings
        .backend()
        .ifPresent(
            backend -> {
              says.put("backend.type", word(backend.kind()));
              put(says, "backend.client", backend.client());
              put(says, "backend.bucket", backend.bucket());
              put(says, "backend.max-cache-size", backend.maxCacheSize().map(ByteSize::bytes));
            });
    settings.notificationThresholds().ifPresent(text -> thresholds(text, says));
    MaintenanceSetting maintenance = section.maintenance();
    if (maintenance.mode() != MaintenanceMode.NONE) {
      says.put("mode", maintenance.mode().word());
    }
    if (maintenance.mode().refusesWrite()
        && maintenance.mode() != MaintenanceMode.DELETE
        && maintenance.mode() != MaintenanceMode.UNMOUNT) {
      says.put("shown", maintenance.message().orElse(""));
    }
    return says;
  }

  private static void tuning(Tuning tuning, Map<String, String> says) {
    put(says, "tuning.chunk-order", tuning.chunkOrder());
    put(says, "tuning.sync-level", tuning.syncLevel());
    put(says, "tuning.gc-atime-safety-check", tuning.gcAtimeSafetyCheck());
    tuning
        .gcAtimeCutoffMinutes()
        .ifPresent(number -> says.put("tuning.gc-atime-cutoff", "" + number));
    tuning.gcCacheCapacity().ifPresent(number -> says.put("tuning.gc-cache-capacity", "" + number));
    tuning
        .defaultVerificationWorkers()
        .ifPresent(number -> says.put("tuning.default-verification-workers", "" + number));
    tuning
        .defaultVerificationReaders()
        .ifPresent(number -> says.put("tuning.default-verification-readers", "" + number));
  }

  private static void thresholds(String text, Map<String, String> says) {
    try {
      PropertyString from = PropertyString.parse(text, THRESHOLDS, null);
      for (String key : THRESHOLDS) {
        Optional<String> value = from.written(key);
        boolean isSize = key.equals("s3-upload") || key.equals("s3-download");
        put(
            says,
            "notification-thresholds." + key,
            isSize
                ? value.flatMap(ByteSize::tryParse).map(ByteSize::bytes)
                : value.map(Long::valueOf));
      }
    } catch (ParseError e) {
      throw new AssertionError(text, e);
    }
  }

  private static void put(Map<String, String> says, String key, Optional<?> value) {
    value.ifPresent(present -> says.put(key, word(present)));
  }

  /** The word of an enum in the file, or what another value says. */
  private static String word(Object value) {
    return value instanceof Enum<?> one
        ? one.name().toLowerCase(Locale.ROOT).replace('_', '-').replace("file-system", "filesystem")
        : value.toString();
  }
}
