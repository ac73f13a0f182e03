package io.datastored.service.wire;

import com.google.protobuf.util.FieldMaskUtil;
import com.google.rpc.BadRequest;
import io.datastored.config.PropertyFault;
import io.datastored.v1.DatastoreSettings;

/** Settings paths map a property of the file to the field of a request that holds it. Stateless. */
final class SettingsPaths {
  private SettingsPaths() {}

  /**
   * The field of a request with a datastore that has the fault: {@code gc-schedule} is in {@code
   * datastore.settings.gc_schedule}.
   */
  static BadRequest.FieldViolation violation(PropertyFault fault) {
    return BadRequest.FieldViolation.newBuilder()
        .setField("datastore.settings." + field(fault.property()))
        .setDescription(fault.message())
        .build();
  }

  private static String field(String property) {
    return switch (property) {
      case "tuning.gc-atime-cutoff" -> "tuning.gc_atime_cutoff_minutes";
      case "backend.type" -> "backend.kind";
      case "backend.max-cache-size" -> "backend.max_cache_size_bytes";
      case "prune-schedule" -> "legacy_prune.schedule";
      case "keep-last", "keep-hourly", "keep-daily", "keep-weekly", "keep-monthly", "keep-yearly" ->
          "legacy_prune." + property.replace('-', '_');
      default -> {
        String field = property.replace('-', '_');
        int dot = field.indexOf('.');
        String whole = dot < 0 ? field : field.substring(0, dot);
        yield FieldMaskUtil.isValid(DatastoreSettings.class, field)
            ? field
            : FieldMaskUtil.isValid(DatastoreSettings.class, whole) ? whole : "other_properties";
      }
    };
  }
}
