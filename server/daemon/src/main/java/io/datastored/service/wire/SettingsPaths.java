package io.datastored.service.wire;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.rpc.BadRequest;
import io.datastored.config.PropertyFault;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.LegacyPrune;
import java.util.List;
import java.util.Optional;

/**
 * Settings paths map a property of the file to the field of the contract that holds it. Stateless.
 * They read the descriptors of the contract, so a new field needs no change here.
 */
public final class SettingsPaths {
  private static final String OTHERS = "other_properties";

  /** Fields whose name in the contract differs from that in the file. */
  private static final ImmutableMap<String, String> FILE_WORDS =
      ImmutableMap.of(
          "kind", "type",
          "gc_atime_cutoff_minutes", "gc-atime-cutoff",
          "max_cache_size_bytes", "max-cache-size");

  private SettingsPaths() {}

  /** The name of the field in the file. */
  public static String key(FieldDescriptor field) {
    return FILE_WORDS.getOrDefault(field.getName(), field.getName().replace('_', '-'));
  }

  /** The field of a message with this name in the file. */
  public static Optional<FieldDescriptor> field(Descriptor type, String key) {
    return type.getFields().stream().filter(field -> key(field).equals(key)).findFirst();
  }

  /**
   * The path of a property, or of a part of one, in the settings: {@code tuning.sync-level} is
   * {@code tuning.sync_level}. Empty if the contract has no field for it.
   */
  public static Optional<String> of(String property) {
    if (property.equals("prune-schedule")) {
      return Optional.of("legacy_prune.schedule");
    }
    if (property.startsWith("keep-")) {
      return field(LegacyPrune.getDescriptor(), property)
          .map(field -> "legacy_prune." + field.getName());
    }
    List<String> steps = Splitter.on('.').limit(2).splitToList(property);
    Optional<FieldDescriptor> field =
        field(DatastoreSettings.getDescriptor(), steps.get(0)).filter(found -> !found.isMapField());
    if (steps.size() == 1) {
      return field.map(FieldDescriptor::getName);
    }
    return field
        .filter(found -> found.getJavaType() == FieldDescriptor.JavaType.MESSAGE)
        .flatMap(
            found ->
                field(found.getMessageType(), steps.get(1))
                    .map(part -> found.getName() + "." + part.getName()));
  }

  /**
   * The field of a request with a datastore that has the fault: {@code gc-schedule} is in {@code
   * datastore.settings.gc_schedule}. Of a part that is not known it is the whole.
   */
  static BadRequest.FieldViolation violation(PropertyFault fault) {
    String whole = Splitter.on('.').splitToList(fault.property()).get(0);
    return BadRequest.FieldViolation.newBuilder()
        .setField("datastore.settings." + of(fault.property()).or(() -> of(whole)).orElse(OTHERS))
        .setDescription(fault.message())
        .build();
  }
}
